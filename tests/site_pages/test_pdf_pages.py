"""A PDF as readers get it holds its own pages and what they draw; what was taken out of it earlier is not in it."""

import io

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name, String

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.samples import pdf_bytes

MARK = b"BETRAYING"
WORD = MARK.decode()


def served(change) -> pikepdf.Pdf:
    """What readers get of a PDF that told something; what it told is nowhere in it."""
    content = pdf_bytes(change)
    assert MARK in everything(content)
    inspect_file(content, filename="a.pdf")
    after = cleaned(content, filename="a.pdf")
    assert MARK not in everything(after)
    assert cleaned(after, filename="a.pdf") == after
    return pikepdf.open(io.BytesIO(after))


def everything(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        others = [one for one in pdf.objects if not isinstance(one, pikepdf.Stream)]
        told = [one.unparse(resolved=True) for one in (pdf.trailer, *others, *(one.stream_dict for one in streams))]
        return b"".join([content, *told, *(one.read_bytes() for one in streams)])


def drawing(pdf, operators: bytes, **keys):
    return pdf.make_stream(operators, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], **keys)


def picture(pdf, content: bytes = b"abc"):
    return pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8,
                           ColorSpace=Name.DeviceRGB)  # fmt: skip


def draw(page, operators: bytes, pdf, **resources) -> None:
    page.Contents = pdf.make_stream(operators)
    page.Resources = Dictionary({f"/{key}": Dictionary(value) for key, value in resources.items()})


# --- Pages that were taken out


def second_page(pdf):
    pdf.add_blank_page(page_size=(200, 200))
    pdf.pages[1].Contents = pdf.make_stream(b"BT (BETRAYING) Tj ET")
    return pdf.pages[1].obj


def entry(pdf, target, title: str):
    return pdf.make_indirect(Dictionary(Title=title, Dest=Array([target, Name.Fit])))


def in_the_outline(pdf, page):
    gone, stays = entry(pdf, page, WORD), entry(pdf, pdf.pages[0].obj, "Here")
    outline = pdf.make_indirect(Dictionary(Type=Name.Outlines, First=gone, Last=stays, Count=2))
    gone.Next, stays.Prev, gone.Parent, stays.Parent = stays, gone, outline, outline
    pdf.Root.Outlines = outline


def by_name(pdf, page):
    pairs = ["gone", Array([page, Name.Fit]), "here", Array([pdf.pages[0].obj, Name.Fit])]
    pdf.Root.Names = Dictionary(Dests=Dictionary(Kids=Array([Dictionary(Names=Array(pairs))])))
    pdf.Root.Dests = Dictionary(gone=Array([page, Name.Fit]))
    notes = [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], Dest=name) for name in ("gone", "here")]
    pdf.pages[0].Annots = Array(notes)


def by_link(pdf, page):
    action = Dictionary(S=Name.GoTo, D=Dictionary(D=Array([page, Name.Fit])))
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)])


def in_the_structure(pdf, page):
    here, gone = (
        pdf.make_indirect(Dictionary(S=Name.P, Pg=one, K=0, ActualText=text))
        for one, text in ((pdf.pages[0].obj, "Here"), (page, WORD))
    )
    above = pdf.make_indirect(Dictionary(S=Name.Sect, K=Array([gone]), Alt=WORD))
    root = Dictionary(Type=Name.StructTreeRoot, K=Array([above, here]))
    root.ParentTree = Dictionary(Nums=Array([0, Array([here]), 1, Array([gone])]))
    pdf.Root.StructTreeRoot = pdf.make_indirect(root)


def in_a_field(pdf, page):
    field = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="a", Rect=[0, 0, 9, 9],
                                         P=page))  # fmt: skip
    page.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def in_another_tree(pdf, page):
    pdf.pages[0].Parent = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([page]), Count=1))


@pytest.mark.parametrize(
    "way",
    [in_the_outline, by_name, by_link, in_the_structure, in_a_field, in_another_tree],
    ids=lambda way: way.__name__,
)
def test_a_page_that_was_taken_out_is_gone_whatever_still_leads_to_it(way):
    def change(pdf):
        page = second_page(pdf)
        way(pdf, page)
        del pdf.pages[1]

    with served(change) as pdf:
        assert len(pdf.pages) == 1
        assert [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == Name.Page] == [
            pdf.pages[0].obj
        ]


def test_what_leads_to_pages_of_the_file_stays():
    def change(pdf):
        page = second_page(pdf)
        for way in (in_the_outline, by_name, in_the_structure):
            way(pdf, page)
        del pdf.pages[1]

    with served(change) as pdf:
        page = pdf.pages[0]
        assert pdf.Root.Outlines.First.Title == "Here" and pdf.Root.Outlines.Count == 1
        assert pdf.Root.Outlines.First.Dest[0].objgen == page.objgen
        assert pdf.Root.Names.Dests.Names[0] == "here"
        assert [str(note.get("/Dest", "")) for note in page.Annots] == ["", "here"]
        (part,) = pdf.Root.StructTreeRoot.K
        assert part.ActualText == "Here" and part.Pg.objgen == page.objgen
        assert pdf.Root.StructTreeRoot.ParentTree.Nums[1][0].objgen == part.objgen


# --- What no page draws


def test_a_shared_list_gives_each_page_what_it_draws():
    def change(pdf):
        second_page(pdf)
        shared = pdf.make_indirect(
            Dictionary(XObject=Dictionary(Im0=picture(pdf), Im1=picture(pdf, b"def"), Im2=picture(pdf, MARK)))
        )
        for number in (0, 1):
            pdf.pages[number].Resources = shared
            pdf.pages[number].Contents = pdf.make_stream(b"q /Im#3%d Do Q /Im2 gs" % number)

    with served(change) as pdf:
        assert [set(page.Resources.XObject.keys()) for page in pdf.pages] == [{"/Im0"}, {"/Im1"}]


def test_what_is_drawn_inside_of_drawings_patterns_letters_and_masks_stays_and_nothing_else():
    def change(pdf):
        def inner(name):
            pictures = {name: picture(pdf), "/Not": picture(pdf, MARK)}
            return {"Resources": Dictionary(XObject=Dictionary(pictures))}

        tile = pdf.make_stream(b"/A Do", PatternType=1, BBox=[0, 0, 9, 9], **inner("/A"))
        letters = Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=pdf.make_stream(b"/B Do")),
                             **inner("/B"))  # fmt: skip
        mask = Dictionary(Type=Name.ExtGState, SMask=Dictionary(G=drawing(pdf, b"/C Do", **inner("/C"))))
        without_list = drawing(pdf, b"/D Do")
        draw(
            pdf.pages[0], b"/Fm Do /P scn /F 9 Tf /S gs", pdf, Pattern={"/P": tile, "/Other": tile},
            Font={"/F": letters}, ExtGState={"/S": mask},
            XObject={"/Fm": without_list, "/D": picture(pdf), "/E": picture(pdf, MARK)},
        )  # fmt: skip

    with served(change) as pdf:
        resources = pdf.pages[0].Resources
        assert set(resources.XObject.keys()) == {"/Fm", "/D"} and set(resources.Pattern.keys()) == {"/P"}
        inside = (resources.Pattern.P, resources.Font.F, resources.ExtGState.S.SMask.G)
        assert [set(one.Resources.XObject.keys()) for one in inside] == [{"/A"}, {"/B"}, {"/C"}]


def test_a_name_and_its_operator_may_stand_in_two_parts():
    def change(pdf):
        draw(pdf.pages[0], b"", pdf, XObject={"/Im0": picture(pdf), "/Im1": picture(pdf, MARK)})
        pdf.pages[0].Contents = Array([pdf.make_stream(b"q /Im0 "), pdf.make_stream(b"Do Q")])

    with served(change) as pdf:
        assert set(pdf.pages[0].Resources.XObject.keys()) == {"/Im0"}


def test_drawings_without_lists_that_draw_each_other_end():
    def change(pdf):
        one, other = drawing(pdf, b"/B Do"), drawing(pdf, b"/A Do")
        draw(pdf.pages[0], b"/A Do", pdf, XObject={"/A": one, "/B": other, "/C": picture(pdf, MARK)})

    with served(change) as pdf:
        assert set(pdf.pages[0].Resources.XObject.keys()) == {"/A", "/B"}


# --- What stands on a page and is not seen


def widget(pdf, **keys):
    """A field on the page, and a form that names it."""
    field = pdf.make_indirect(Dictionary(
        {"/Type": Name.Annot, "/Subtype": Name.Widget, "/FT": Name.Tx, "/T": "a", "/Rect": [0, 0, 9, 9]}
        | {f"/{key}": value for key, value in keys.items()}
    ))  # fmt: skip
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


UNSEEN = {
    "hidden": lambda pdf: widget(pdf, F=2, V=WORD),
    "hidden on screens": lambda pdf: widget(pdf, F=36, V=WORD),
    "without size": lambda pdf: widget(pdf, Rect=[0, 0, 0, 0], V=WORD),
    "on no page": lambda pdf: pdf.Root.update(
        {"/AcroForm": Dictionary(Fields=Array([pdf.make_indirect(Dictionary(FT=Name.Tx, T="a", V=WORD))]))}
    ),
}


@pytest.mark.parametrize("what", sorted(UNSEEN))
def test_a_field_that_nobody_sees_is_taken_out(what):
    with served(UNSEEN[what]) as pdf:
        assert "/AcroForm" not in pdf.Root and "/Annots" not in pdf.pages[0]


def test_a_field_keeps_what_is_seen():
    def change(pdf):
        looks = Dictionary(N=drawing(pdf, b"seen"), D=drawing(pdf, MARK), R=drawing(pdf, MARK))
        widget(pdf, P=second_page(pdf), V="seen", RV=WORD, DV=WORD, TM=WORD, AP=looks, MK=Dictionary(CA="a", RC=WORD))
        del pdf.pages[1]

    with served(change) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert field.V == "seen" and field.MK.CA == "a" and field.AP.N.read_bytes() == b"seen"
        assert field.objgen == pdf.pages[0].Annots[0].objgen and field.P.objgen == pdf.pages[0].objgen


def test_a_box_keeps_its_states_and_a_signature_that_was_never_made_its_place():
    def boxed(pdf):
        states = Dictionary(Yes=drawing(pdf, b"1"), Off=drawing(pdf, b"0"))
        widget(pdf, FT=Name.Btn, AS=Name.Off, AP=Dictionary(N=states, D=drawing(pdf, MARK)))

    def signature(pdf):
        widget(pdf, FT=Name.Sig, V=Dictionary(Type=Name.Sig, Name=WORD, Location=WORD))

    with served(boxed) as pdf:
        assert set(pdf.pages[0].Annots[0].AP.N.keys()) == {"/Yes", "/Off"}
    with served(signature) as pdf:
        assert "/V" not in pdf.Root.AcroForm.Fields[0]


# --- What programs write beside


def of_pdftex(pdf):
    told = pdf.make_indirect(Dictionary(Title=WORD, Keywords=WORD))
    form = drawing(pdf, b"q Q", **{"PTEX.FileName": f"/home/{WORD}/a.pdf", "PTEX.InfoDict": told})
    draw(pdf.pages[0], b"/Fm0 Do", pdf, XObject={"/Fm0": form})


def private_keys(pdf):
    image, font = picture(pdf), Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Maker=WORD)
    image["/ADBE_Private"] = image["/Alternates"] = Array([Dictionary(Owner=WORD)])
    draw(pdf.pages[0], b"/Im0 Do /F 9 Tf /S gs /P /M BDC EMC", pdf, XObject={"/Im0": image}, Font={"/F": font},
         ExtGState={"/S": Dictionary(CA=1, Maker=WORD)}, Properties={"/M": Dictionary(MCID=0, Title=WORD)},
         Odd={"/X": Dictionary(Owner=WORD)})  # fmt: skip


def read_aloud(pdf):
    path = f"C:\\Users\\{WORD}\\a.jpg"
    part = Dictionary(S=Name.P, Pg=pdf.pages[0].obj, K=0, T=WORD, ActualText=path, E=f"/home/{WORD}/a", Alt=path)
    part.A = Dictionary(O=Name.UserProperties, P=Array([Dictionary(N="author", V=WORD)]))
    pdf.Root.StructTreeRoot = Dictionary(K=Array([part]))


def layers(pdf):
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=WORD, Usage=Dictionary(User=Dictionary(Name=WORD))))
    choice = Dictionary(Order=Array([Array([WORD, layer])]), Creator=WORD, Name=WORD)
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=choice)


def entries(pdf):
    in_the_outline(pdf, pdf.pages[0].obj)
    for one in (pdf.Root.Outlines.First, pdf.Root.Outlines):
        one.Secret = WORD
    pdf.Root.Outlines.First.Title = "There"


TELLING = {
    "pdfTeX": of_pdftex,
    "private keys": private_keys,
    "read aloud": read_aloud,
    "layers": layers,
    "entries": entries,
    "view": lambda pdf: pdf.Root.update({"/ViewerPreferences": Dictionary(Odd=WORD)}),
    "link without a place": lambda pdf: pdf.pages[0].update(
        {"/Annots": Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Contents=WORD)])}
    ),
}


@pytest.mark.parametrize("what", sorted(TELLING))
def test_what_programs_write_beside_goes(what):
    with served(TELLING[what]) as pdf:
        assert len(pdf.pages) == 1


def test_layers_have_numbers_and_names_of_places_are_no_paths():
    path = String(f"C:\\Users\\{WORD}\\a.docx")

    def change(pdf):
        layers(pdf)
        pairs = Array([path, Array([pdf.pages[0].obj, Name.Fit])])
        pdf.Root.Names = Dictionary(Dests=Dictionary(Names=pairs))
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], Dest=path)])

    with served(change) as pdf:
        assert pdf.Root.OCProperties.OCGs[0].Name == "Layer 1"
        assert pdf.pages[0].Annots[0].Dest == pdf.Root.Names.Dests.Names[0] == "place 0"


def test_a_program_among_the_drawings_is_refused():
    def change(pdf):
        program = pdf.make_stream(b"quit", Type=Name.XObject, Subtype=Name.PS)
        draw(pdf.pages[0], b"/P0 Do", pdf, XObject={"/P0": program})

    with pytest.raises(ValidationError) as refused:
        inspect_file(pdf_bytes(change), filename="a.pdf")

    assert refused.value.code == "active_content"
