"""Names in an archive say what they are, and its pictures cost together what a few cost."""

import pytest
from PIL import Image

from site_pages.files import inspection
from tests.site_pages.refused import code_of
from tests.site_pages.samples import docx, odt, picture_bytes, zip_of


@pytest.mark.parametrize("name", ["a\u202efdp.txt", "\u2066a.txt", "Users/bakirov/Desktop/a.txt", "home/bakirov/a.txt",
                                  "b/Documents and Settings/bakirov/a.txt"])  # fmt: skip
def test_a_name_that_misleads_or_tells_of_a_machine_is_refused(name):
    assert code_of(zip_of([(name, b"text")]), "a.zip") == "telling_name"


@pytest.mark.parametrize("name", ["Жарлык № 261.txt", "Users/a.txt", "home.txt", "home/a.txt"])
def test_a_name_of_every_day_is_taken(name):
    assert code_of(zip_of([(name, b"text")]), "a.zip") is None


def test_pictures_that_are_too_large_together_are_refused_before_they_are_decoded(settings, monkeypatch):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100
    picture = picture_bytes("PNG", image=Image.new("1", (10, 10)))
    looked_into = []
    monkeypatch.setattr(inspection, "inspect_pixels", lambda content, *, filename: looked_into.append(filename))

    assert code_of(zip_of([(f"{number}.png", picture) for number in range(5)]), "a.zip") == "too_many_pixels"
    assert looked_into == []
    assert code_of(zip_of([(f"{number}.png", picture) for number in range(4)]), "a.zip") is None
    assert len(looked_into) == 4


def test_each_frame_of_a_moving_picture_counts(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 200
    frames = [Image.new("P", (10, 10), number) for number in range(2)]
    moving = picture_bytes("GIF", image=frames[0], save_all=True, append_images=frames[1:], optimize=False)

    assert code_of(zip_of([(f"{number}.gif", moving) for number in range(4)]), "a.zip") is None
    assert code_of(zip_of([(f"{number}.gif", moving) for number in range(5)]), "a.zip") == "too_many_pixels"


def test_pictures_in_an_office_file_are_counted_as_well(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100
    picture = picture_bytes("PNG", image=Image.new("1", (10, 10)))
    five = {f"{number}.png": picture for number in range(5)}

    assert code_of(docx(**{f"word/media/{name}": part for name, part in five.items()}), "a.docx") == "too_many_pixels"
    assert code_of(odt(**{f"Pictures/{name}": part for name, part in five.items()}), "a.odt") == "too_many_pixels"
