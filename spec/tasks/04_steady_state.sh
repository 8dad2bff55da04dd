# Where does it come to rest, is that stable, and who controls it?
bioxen steady model.xml
bioxen steady model.xml --response k_tx,d_p
