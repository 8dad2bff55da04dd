"""What scripts/bench/written.lua wrote beside what it was written from, by a Python that has python-libsbml: errors of
libSBML's check that the model did not have, and the share of names, notes, annotations (resources), SBO terms and units
that elements with an id still have.
Usage: written.py FOLDER OUT"""

import collections
import gzip
import pathlib
import sys

import libsbml

NOT_MEANT = {libsbml.SBML_ASSIGNMENT_RULE, libsbml.SBML_RATE_RULE, libsbml.SBML_INITIAL_ASSIGNMENT,
             libsbml.SBML_EVENT_ASSIGNMENT}  # whose id is another's


def errors(document):
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    found = (document.getError(i) for i in range(document.getNumErrors()))
    return collections.Counter(e.getErrorId() for e in found if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR)


def resources(element):
    terms = [element.getCVTerm(i).getResources() for i in range(element.getNumCVTerms())]
    return sorted(term.getValue(i) for term in terms for i in range(term.getNumAttributes()))


def units(element):
    if isinstance(element, libsbml.Species):
        return element.getSubstanceUnits()
    return element.getUnits() if isinstance(element, (libsbml.Parameter, libsbml.Compartment)) else ""


def said(document):
    all_of = {}
    for element in document.getModel().getListOfAllElements():
        if not element.isSetId() or element.getTypeCode() in NOT_MEANT or element.getPackageName() != "core":
            continue
        reaction = element.getAncestorOfType(libsbml.SBML_REACTION)
        key = element.getTypeCode(), element.getId(), reaction.getId() if reaction else ""
        all_of[key] = {"name": element.getName(), "notes": element.getNotesString() if element.isSetNotes() else "",
                       "annotation": resources(element), "term": element.getSBOTermID(), "units": units(element)}
    return all_of


had, kept, documents = collections.Counter(), collections.Counter(), collections.Counter()
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.xml")):
    name, kind, _ = path.name.rsplit(".", 2)
    source = next(pathlib.Path(sys.argv[1]).glob(name + ".xml*"))
    text = (gzip.open if source.suffix == ".gz" else open)(source, "rb").read().decode()
    before, after = libsbml.readSBMLFromString(text), libsbml.readSBMLFromFile(str(path))
    new = errors(after) - errors(before)
    if new:
        print(path.name, dict(new))
    documents[kind] += 1
    there = said(after)
    for key, facts in said(before).items():
        for what, value in facts.items():
            had[kind, what] += bool(value)
            kept[kind, what] += bool(value) and there.get(key, {}).get(what) == value
for kind, number in documents.items():
    print(kind, number, *(f"{what} {kept[kind, what]} of {had[kind, what]}" for k, what in had if k == kind))
