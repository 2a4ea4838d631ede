# SPDX-License-Identifier: Apache-2.0
"""raw: the image as it is. What the others are measured against: one copy in, none out, and nothing is looked at."""

from . import Base


class Codec(Base):
    """Its values are the image's bytes."""

    ENCODES_IN_PLACE = True
    DECODES_IN_PLACE = True

    def values(self, image):
        return image

    def image(self, values):
        return values

    def encode(self, values, room):
        """Writes the message into `room`; returns (begin, length)."""
        room[: len(values)] = values
        return 0, len(values)

    def decode(self, message):
        """The values of a message."""
        if len(message) != self.shape.IMAGE_BYTES:
            raise ValueError("%d bytes" % len(message))
        return message
