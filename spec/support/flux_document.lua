-- A small flux-balance model in SBML as programs of the field write it: units, groups, notes, annotations, gene rules.

return [[<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1" sboTerm="SBO:0000624"
  xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/version2" fbc:required="false"
  xmlns:groups="http://www.sbml.org/sbml/level3/version1/groups/version1" groups:required="false">
  <model id="small" metaid="small" name="a small model" fbc:strict="true" substanceUnits="flux" timeUnits="second">
    <notes><html xmlns="http://www.w3.org/1999/xhtml"><p>Made for a test.</p></html></notes>
    <annotation><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns:bqbiol="http://biomodels.net/biology-qualifiers/"><rdf:Description rdf:about="#small"><bqbiol:hasTaxon>
      <rdf:Bag><rdf:li rdf:resource="http://identifiers.org/taxonomy/511145"/></rdf:Bag></bqbiol:hasTaxon>
    </rdf:Description></rdf:RDF></annotation>
    <listOfUnitDefinitions>
      <unitDefinition id="flux"><listOfUnits>
        <unit kind="mole" exponent="1" scale="-3" multiplier="1"/>
        <unit kind="second" exponent="-1" scale="0" multiplier="3600"/>
      </listOfUnits></unitDefinition>
    </listOfUnitDefinitions>
    <listOfCompartments>
      <compartment id="c" name="cytosol" constant="true" size="1" spatialDimensions="3"/>
      <compartment id="e" constant="true"/>
    </listOfCompartments>
    <listOfSpecies>
      <species id="M_a_e" name="A &amp; B" compartment="e" constant="false" boundaryCondition="false"
        hasOnlySubstanceUnits="false" fbc:charge="-2" fbc:chemicalFormula="C6H12O6"/>
      <species id="M_a_c" compartment="c" constant="false" boundaryCondition="false" hasOnlySubstanceUnits="false"
        metaid="M_a_c"><notes><body xmlns="http://www.w3.org/1999/xhtml"><p>x: 1</p></body></notes></species>
      <species id="M_b_c" compartment="c" constant="false" boundaryCondition="false" hasOnlySubstanceUnits="false"/>
      <species id="M_b_b" compartment="e" constant="false" boundaryCondition="true" hasOnlySubstanceUnits="false"/>
    </listOfSpecies>
    <listOfParameters>
      <parameter id="low" constant="true" value="-1000" units="flux" sboTerm="SBO:0000626"/>
      <parameter id="zero" constant="true" value="0"/>
      <parameter id="high" constant="true" value="1E3"/>
      <parameter id="far" constant="true" value="INF"/>
      <parameter id="R_EX_a_lower_bound" constant="true" value="-10.5"/>
    </listOfParameters>
    <fbc:listOfObjectives fbc:activeObjective="obj">
      <fbc:objective fbc:id="obj" fbc:type="maximize"><fbc:listOfFluxObjectives>
        <fbc:fluxObjective fbc:reaction="R_b" fbc:coefficient="1"/>
      </fbc:listOfFluxObjectives></fbc:objective>
      <fbc:objective fbc:id="other" fbc:type="minimize"><fbc:listOfFluxObjectives>
        <fbc:fluxObjective fbc:reaction="R_t" fbc:coefficient="0.5"/>
        <fbc:fluxObjective fbc:reaction="R_x" fbc:coefficient="-2"/>
      </fbc:listOfFluxObjectives></fbc:objective>
    </fbc:listOfObjectives>
    <fbc:listOfGeneProducts>
      <fbc:geneProduct fbc:id="G_b1" fbc:label="b1" fbc:name="geneA"/>
      <fbc:geneProduct fbc:id="G_b2" fbc:label="b 2"/>
      <fbc:geneProduct fbc:id="G_b3" fbc:label="b.3" metaid="G_b3"/>
    </fbc:listOfGeneProducts>
    <listOfReactions>
      <reaction id="R_EX_a" name="exchange of A" reversible="true" fast="false" fbc:lowerFluxBound="R_EX_a_lower_bound"
        fbc:upperFluxBound="high"><listOfReactants>
        <speciesReference species="M_a_e" stoichiometry="1" constant="true"/></listOfReactants></reaction>
      <reaction id="R_t" reversible="true" fast="false" fbc:lowerFluxBound="low" fbc:upperFluxBound="far">
        <annotation><x:y xmlns:x="http://example.org/x"/></annotation>
        <listOfReactants><speciesReference species="M_a_e" stoichiometry="1" constant="true"/></listOfReactants>
        <listOfProducts><speciesReference species="M_a_c" stoichiometry="1" constant="true"/></listOfProducts>
        <fbc:geneProductAssociation><fbc:or>
          <fbc:and><fbc:geneProductRef fbc:geneProduct="G_b1"/><fbc:geneProductRef fbc:geneProduct="G_b2"/></fbc:and>
          <fbc:geneProductRef fbc:geneProduct="G_b3"/></fbc:or></fbc:geneProductAssociation>
      </reaction>
      <reaction id="R_x" reversible="false" fast="false" fbc:lowerFluxBound="zero" fbc:upperFluxBound="high">
        <listOfReactants><speciesReference species="M_a_c" stoichiometry="2" constant="true"/></listOfReactants>
        <listOfProducts><speciesReference species="M_b_c" stoichiometry="1.5" constant="true"/></listOfProducts>
        <listOfModifiers><modifierSpeciesReference species="M_b_b"/></listOfModifiers>
        <fbc:geneProductAssociation><fbc:geneProductRef fbc:geneProduct="G_b1"/></fbc:geneProductAssociation>
      </reaction>
      <reaction id="R_b" reversible="false" fast="false" fbc:lowerFluxBound="zero" fbc:upperFluxBound="far">
        <listOfReactants><speciesReference species="M_b_c" stoichiometry="1" constant="true"/></listOfReactants>
        <listOfProducts><speciesReference species="M_b_b" stoichiometry="1" constant="true"/></listOfProducts>
      </reaction>
    </listOfReactions>
    <groups:listOfGroups>
      <groups:group groups:id="g1" groups:name="transport" groups:kind="partonomy"><groups:listOfMembers>
        <groups:member groups:idRef="R_t"/></groups:listOfMembers></groups:group>
    </groups:listOfGroups>
  </model>
</sbml>
]]
