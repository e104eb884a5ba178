"""What admins are told about images."""

from commerce.images.domain.images import OfferedUpload


class OfferedImage(OfferedUpload):
    """POST /products/{productId}/images → 201"""

    __slots__ = ()
