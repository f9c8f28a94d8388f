"""Which parts of a DOCX, XLSX or PPTX are kept, which are left out, and for which the file is refused.

An allow-list: what is not named here is refused. Paths and content types come in small letters, as the format compares
them.
"""

import re
from dataclasses import dataclass

from site_pages.files.refusals import refusal

OPEN = "application/vnd.openxmlformats-officedocument."
FOLDERS = {".docx": "word/", ".xlsx": "xl/", ".pptx": "ppt/"}
MAIN_TYPES = {
    ".docx": f"{OPEN}wordprocessingml.document.main+xml",
    ".xlsx": f"{OPEN}spreadsheetml.sheet.main+xml",
    ".pptx": f"{OPEN}presentationml.presentation.main+xml",
}
RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
# Content type, where such a part lies (a number may follow), its outermost element.
DRAWING = {
    f"{OPEN}{kind}": (place, root)
    for kind, place, root in (
        ("wordprocessingml.document.main+xml", "document", "document"),
        ("wordprocessingml.styles+xml", "styles", "styles"),
        ("wordprocessingml.numbering+xml", "numbering", "numbering"),
        ("wordprocessingml.settings+xml", "settings", "settings"),
        ("wordprocessingml.fonttable+xml", "fonttable", "fonts"),
        ("wordprocessingml.header+xml", "header", "hdr"),
        ("wordprocessingml.footer+xml", "footer", "ftr"),
        ("wordprocessingml.footnotes+xml", "footnotes", "footnotes"),
        ("wordprocessingml.endnotes+xml", "endnotes", "endnotes"),
        ("spreadsheetml.sheet.main+xml", "workbook", "workbook"),
        ("spreadsheetml.worksheet+xml", "worksheets/sheet", "worksheet"),
        ("spreadsheetml.chartsheet+xml", "chartsheets/sheet", "chartsheet"),
        ("spreadsheetml.sharedstrings+xml", "sharedstrings", "sst"),
        ("spreadsheetml.styles+xml", "styles", "stylesheet"),
        ("spreadsheetml.table+xml", "tables/table", "table"),
        ("spreadsheetml.sheetmetadata+xml", "metadata", "metadata"),
        ("spreadsheetml.pivottable+xml", "pivottables/pivottable", "pivottabledefinition"),
        ("spreadsheetml.pivotcachedefinition+xml", "pivotcache/pivotcachedefinition", "pivotcachedefinition"),
        ("presentationml.presentation.main+xml", "presentation", "presentation"),
        ("presentationml.slide+xml", "slides/slide", "sld"),
        ("presentationml.slidelayout+xml", "slidelayouts/slidelayout", "sldlayout"),
        ("presentationml.slidemaster+xml", "slidemasters/slidemaster", "sldmaster"),
        ("presentationml.notesmaster+xml", "notesmasters/notesmaster", "notesmaster"),
        ("presentationml.handoutmaster+xml", "handoutmasters/handoutmaster", "handoutmaster"),
        ("presentationml.presprops+xml", "presprops", "presentationpr"),
        ("presentationml.tablestyles+xml", "tablestyles", "tblstylelst"),
        ("theme+xml", "theme/theme", "theme"),
        ("themeoverride+xml", "theme/themeoverride", "themeoverride"),
        ("drawing+xml", "drawings/drawing", "wsdr"),
        ("drawingml.chart+xml", "charts/chart", "chartspace"),
        ("drawingml.chartshapes+xml", "drawings/drawing", "usershapes"),
        ("drawingml.diagramdata+xml", "diagrams/data", "datamodel"),
        ("drawingml.diagramlayout+xml", "diagrams/layout", "layoutdef"),
        ("drawingml.diagramstyle+xml", "diagrams/quickstyle", "styledef"),
        ("drawingml.diagramcolors+xml", "diagrams/colors", "colorsdef"),
        ("vmldrawing", "drawings/vmldrawing", "xml"),
    )
} | {
    f"application/vnd.ms-{kind}": (place, root)
    for kind, place, root in (
        ("office.drawingml.diagramdrawing+xml", "diagrams/drawing", "drawing"),
        ("office.chartstyle+xml", "charts/style", "chartstyle"),
        ("office.chartcolorstyle+xml", "charts/colors", "colorstyle"),
        ("office.chartex+xml", "charts/chartex", "chartspace"),
        ("excel.slicer+xml", "slicers/slicer", "slicers"),
        ("excel.slicercache+xml", "slicercaches/slicercache", "slicercachedefinition"),
        ("excel.rdrichvalue+xml", "richdata/rdrichvalue", "rvdata"),
        ("excel.rdrichvaluestructure+xml", "richdata/rdrichvaluestructure", "rvstructures"),
        ("excel.rdrichvaluetypes+xml", "richdata/rdrichvaluetypes", "rvtypesinfo"),
        ("excel.richvaluerel+xml", "richdata/richvaluerel", "richvaluerels"),
        ("excel.featurepropertybag+xml", "featurepropertybag/featurepropertybag", "featurepropertybags"),
    )
}  # fmt: skip
# Of each kind of file. Word for the web writes `word/document2.xml`.
MAIN_PARTS = {
    ending: re.compile(rf"{FOLDERS[ending]}{DRAWING[kind][0]}\d*\.xml") for ending, kind in MAIN_TYPES.items()
}
# What tells of people, programs and earlier times, or only makes opening faster.
TELLING_TYPES = re.compile(
    r"core-properties\+xml$|extended-properties\+xml$|custom-properties\+xml$|customxmlproperties\+xml$"
    r"|classificationlabels\+xml$|\.people\+xml$|\.person\+xml$|\.authors\+xml$|commentauthors\+xml$|changesinfo\+xml$"
    r"|revisioninfo\+xml$|printersettings$|glossary\+xml$|websettings\+xml$|styleswitheffects\+xml$|viewprops\+xml$"
    r"|connections\+xml$|querytable\+xml$|calcchain\+xml$|pivotcacherecords\+xml$|namedsheetviews\+xml$"
    r"|customproperty$|presentationml\.tags\+xml$|mailmergerecipientdata\+xml$|obfuscatedfont$|intelligence2?\+xml$"
    r"|documenttasks\+xml$|^application/x-font"
)
TELLING_PATHS = re.compile(
    r"^docprops/|^package/services/metadata/|^docmetadata/|^customxml/(?!.*\.bin$)|^\[trash\]/|^word/glossary/"
    r"|/printersettings/|^xl/persons/|^xl/connections\.xml$|^xl/querytables/|^xl/customproperty/"
    r"|^(?:ppt/(?:comment)?authors|word/people)\.xml$|^ppt/(?:changesinfos|tags|fonts)/|^ppt/revisioninfo\.xml$"
    r"|^word/(?:fonts/|recipientdata\.xml$|intelligence2?\.xml$|documenttasks/)"
)
# In this order: what the part is by its path or its content type, and the code of the refusal.
REFUSED = (
    (r"(?:^|/)(?:vba\w*\.|macrosheets/|dialogsheets/|activex/|ctrlprops/|attachedtoolbars|webextensions)",
     r"macro|vba|activex|controlproperties|dialogsheet|webextension", "active_content"),
    (r"^(?:customui|usercustomization)/", r"customui", "active_content"),
    (r"(?:^|/)embeddings/|^customxml/.*\.bin$|^xl/model/", r"oleobject|\.package$|\.model", "embedded_file"),
    (r"(?:^|/)externallinks/", r"externallink", "external_link"),
    (r"(?:^|/)(?:threaded)?comments?(?:extended|ids|extensible)?\d*\.xml$|/(?:threaded)?comments/|/notesslides/",
     r"comments\w*\+xml$|notesslide\+xml$", "comments"),
    (r"^xl/revisions/", r"revisionheaders|revisionlog|usernames\+xml", "tracked_changes"),
    (r"^_xmlsignatures/", r"digital-signature", "signed"),
)  # fmt: skip
COMMENT_ROOTS = ("comments", "commentsex", "commentsids", "commentsextensible", "threadedcomments", "cmlst", "notes")
MEDIA = re.compile(r"^(?:word|xl|ppt)/media/[^/%]+$")
RELATIONSHIPS = re.compile(r"^(?:[^%]*/)?_rels/[^/%]*\.rels$")


@dataclass(frozen=True)
class Kind:
    """What becomes of a part. is_kept: False for what only tells; root: the outermost element in small letters, or ""
    for a picture.
    """

    is_kept: bool
    root: str = ""


def kind_of(name: str, content_type: str, *, ending: str) -> Kind:
    """What becomes of the part. content_type: in small letters; ending: of the file, in FOLDERS.

    Raises ValidationError: the file is not taken with it.
    """
    path = name.lower()
    for paths, types, code in REFUSED:
        if re.search(paths, path) or re.search(types, content_type):
            raise refusal(code, what=name[:80])
    if TELLING_PATHS.search(path) or TELLING_TYPES.search(content_type):
        return Kind(is_kept=False)
    folder = FOLDERS[ending]
    if path.startswith(folder) and MEDIA.match(path):
        return Kind(is_kept=True)
    place, root = DRAWING.get(content_type, ("", ""))
    if place and re.fullmatch(rf"{folder}{place}[\d_-]*\.(?:xml|vml)", path):
        return Kind(is_kept=True, root=root)
    raise refusal("unknown_part", what=name[:80])
