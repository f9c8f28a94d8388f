"""Names in the markup of office files: of what tells of people, places and earlier times, and of what is not taken.

Whatever namespace or prefix they are written with: a rule that is too wide hides nothing from readers.
"""

import re

REVISION = re.compile(r"/revision\d*$")
LINK_NAMESPACE = re.compile(r"officeDocument/(?:2006/)?relationships$")
# A drawing moves its pen by elements that are called as a moved text is.
DRAWING_NAMESPACE = re.compile(r"/drawingml/(?:2006/)?main$")
# Elements that refuse the file.
CHANGES = {
    "ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange",
    "sectPrChange", "tblGridChange", "numberingChange", "cellIns", "cellDel", "cellMerge", "tblPrExChange", "delText",
    "delInstrText",
}  # fmt: skip
# The begin and the end of what was moved, put in or taken out.
CHANGED_RANGE = re.compile(r"^(?:move(?:From|To)|customXml(?:Ins|Del|MoveFrom|MoveTo))Range(?:Start|End)$")
REFUSED = {
    "embedded_file": {"object", "OLEObject", "altChunk", "oleObjects", "oleObject", "oleObj", "subDoc"},
    "active_content": {"control", "controls", "script", "entryMacro", "exitMacro", "FmlaMacro"},
    "external_link": {"ddeLink", "oleLink", "externalReference", "dataRefs"},
}
# Series, points and titles that somebody filtered out of a chart: it keeps them with their numbers.
FILTERED = re.compile(r"^filtered\w*(?:Series|Title)$")
# Programs do without.
TELLING = {
    "rsids", "rsid", "docVars", "docId", "absPath", "fileSharing", "calcFeatures", "mailMerge", "attachedTemplate",
    "writeProtection", "customWorkbookViews", "customSheetViews", "revisionPtr", "dataBinding", "custDataLst",
    "customProperties", "webPublishing", "webPublishObjects", "webPublishItems", "fileRecoveryPr", "modifyVerifier",
    "embedRegular", "embedBold", "embedItalic", "embedBoldItalic", "embeddedFontLst", "presenceInfo", "permStart",
    "permEnd", "fldData", "smartTagPr", "customXmlPr", "scenarios", "protectedRanges", "htmlPubPr", "creationId",
    "modId", "taskDetails", "taskHistoryDetails", "commentRangeStart", "commentRangeEnd", "commentReference",
    "annotationRef",
}  # fmt: skip
# The same for a text alone: elsewhere their names mean something else.
TELLING_IN_TEXT = {"alias", "tag"}
TELLING_ATTRIBUTES_IN_TEXT = {"date", "ed", "edGrp", "initials"}
# What a program would say of a name, and where it would offer it.
TELLING_ATTRIBUTES_IN_WORKBOOK = {"description", "help", "statusBar", "customMenu", "shortcutKey"}
# Extensions that hold one of the above and nothing else; without it they would be empty.
TELLING_EXTENSIONS = {
    "{FF2B5EF4-FFF2-40B4-BE49-F238E27FC236}", "{BB962C8B-B14F-4D97-AF65-F5344CB8AC3E}",
    "{D42A27DB-BD31-4B8C-83A1-F6EECF244321}", "{0D108BD9-81ED-4DB2-BD59-A6C34878D82A}",
    "{9D8B030D-6E8A-4147-A177-3AD203B41FA5}",
}  # fmt: skip
# `gfxdata` is a whole archive: what the shape was made from, with its pictures as the camera left them.
TELLING_ATTRIBUTES = re.compile(
    r"rsid|(?:hash|salt)(?:value|data)$|spincount$|algorithmname$|password$"
    r"|^(?:paraId|textId|durableId|anchorId|editId|author|authorId|refreshedBy|refreshedDate|refreshedDateIso"
    r"|connectionId|queryTableFieldId|tableType|saveData|documentId|userId|userName|dateUtc|lastValue|comment"
    r"|securityDescriptor|gfxdata|equationxml|codeName)$",
    re.IGNORECASE,
)
PATH_ATTRIBUTES = {
    "descr", "title", "name", "alt", "src", "href", "tooltip", "url", "location", "display", "docLocation",
}  # fmt: skip
# Of the settings of a text and of a workbook only what is seen on the page.
SETTINGS_KEPT = {
    "view", "zoom", "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter",
    "gutterAtTop", "hideSpellingErrors", "hideGrammaticalErrors", "defaultTabStop", "autoHyphenation",
    "consecutiveHyphenLimit", "hyphenationZone", "doNotHyphenateCaps", "evenAndOddHeaders", "bookFoldRevPrinting",
    "bookFoldPrinting", "bookFoldPrintingSheets", "drawingGridHorizontalSpacing", "drawingGridVerticalSpacing",
    "displayHorizontalDrawingGridEvery", "displayVerticalDrawingGridEvery", "doNotUseMarginsForDrawingGridOrigin",
    "drawingGridHorizontalOrigin", "drawingGridVerticalOrigin", "characterSpacingControl", "printTwoOnOne",
    "strictFirstAndLastChars", "noLineBreaksAfter", "noLineBreaksBefore", "footnotePr", "endnotePr", "compat",
    "mathPr", "themeFontLang", "clrSchemeMapping", "shapeDefaults", "hdrShapeDefaults", "displayBackgroundShape",
    "decimalSymbol", "listSeparator", "defaultTableStyle", "noPunctuationKerning", "uiCompat97To2003",
    "doNotShadeFormData", "printFractionalCharacterWidth", "doNotIncludeSubdocsInStats", "removePersonalInformation",
    "removeDateAndTime",
}  # fmt: skip
WORKBOOK_KEPT = {
    "workbookPr", "workbookProtection", "bookViews", "sheets", "definedNames", "calcPr", "oleSize", "pivotCaches",
    "extLst", "externalReferences",
}  # fmt: skip
