"""A shop whose teapot is to get an image."""

import io

from PIL import Image as Drawing

from commerce.catalogue.domain.products import Image, Product, Status
from commerce.images.adapters.pillow_renderer import PillowRenderer
from commerce.images.domain.images import Images
from commerce.images.domain.inspection import Inspection, Outcome
from commerce.images.domain.pictures import PictureType, Rendered
from commerce.images.domain.uploads import Reason, Upload
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW, a_product
from tests.commerce.images.fake_gallery import FakeGallery
from tests.commerce.images.fake_uploads import FakeUploads

FILE = "images/teapot/i1-320.webp"
SHOWN = Image("i1", "images/teapot/i1", "image/webp", "A teapot", 4, 4, (320,))
OFFERED = Upload("teapot", "i1", PictureType.PNG, "A teapot", NOW)


def png(colour: str = "blue", size: tuple[int, int] = (4, 4)) -> bytes:
    written = io.BytesIO()
    Drawing.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


PNG = png()


def webp(content: bytes = PNG) -> tuple[bytes, str]:
    """What is served of a picture, and as what."""
    rendered = PillowRenderer().render(PictureType.PNG, content)
    assert isinstance(rendered, Rendered)
    return rendered.files[320], "image/webp"


class Shop:
    """A teapot without images, a form for one, and a gallery."""

    def __init__(self, *images: Image, status: Status = Status.ACTIVE, offered: Upload = OFFERED) -> None:
        self.products = FakeProducts(a_product(images=images, status=status))
        self.uploads = FakeUploads(offered)
        self.gallery = FakeGallery()

    @property
    def teapot(self) -> Product:
        return self.products.by_id["teapot"]

    @property
    def upload(self) -> Upload:
        return self.uploads.by_id["teapot", "i1"]

    def inspect(self) -> Outcome | Reason:
        return Inspection(self.products, self.uploads, self.gallery, PillowRenderer()).inspect("teapot", "i1", NOW)

    def remove(self) -> None:
        Images(self.products, self.uploads, self.gallery).remove("teapot", "i1", NOW)

    @property
    def waits(self) -> bool:
        return any(self.gallery.files.values())
