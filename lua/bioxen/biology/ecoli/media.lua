--- Media by name: { title, uptake = { metabolite = greatest uptake in mmol/gDW/h, … } }. What is not listed is
-- not there, but for salts, water and carbon dioxide, which all have. 1000 stands for no limit.
--
-- Glucose 10: Varma & Palsson (Appl Environ Microbiol 60:3724, 1994) measured 10.5 at most, and the core
-- model and iJO1366 both come with 10. Oxygen 15: Varma & Palsson measured 15 at most; Paalme et al. (Antonie
-- van Leeuwenhoek 71:217, 1997) 14 to 18 on glucose, acetate, succinate, glycerol and lactate alike. So
-- oxygen is what limits growth on acetate and succinate: 20 of them is more than it allows to use.
--
-- Other sources are for set_medium's table: { lcts = 5, o2 = 1000 } is lactose, for models that know it.

return {
  m9_glucose = { title = "M9, glucose, oxygen without limit, as the models are published",
    uptake = { glc__D = 10, o2 = 1000 } },
  m9_glucose_anaerobic = { title = "M9, glucose, no oxygen", uptake = { glc__D = 10 } },
  m9_glucose_respired = { title = "M9, glucose, as much oxygen as was measured: acetate overflows",
    uptake = { glc__D = 10, o2 = 15 } },
  m9_acetate = { title = "M9, acetate, as much oxygen as was measured", uptake = { ac = 20, o2 = 15 } },
  m9_succinate = { title = "M9, succinate, as much oxygen as was measured", uptake = { succ = 20, o2 = 15 } },
}
