# SPDX-License-Identifier: Apache-2.0
"""struct: fixed little-endian records, by the module struct. They are the image, but each value is set and taken by itself."""

from . import Base


class Codec(Base):
    """The module of that name cannot have a file of that name beside it."""

    ENCODES_IN_PLACE = True
    DECODES_IN_PLACE = True

    def encode(self, values, room):
        """Writes the message into `room`; returns (begin, length)."""
        self.shape.pack_into(room, values)
        return 0, self.shape.IMAGE_BYTES

    def decode(self, message):
        """The values of a message; a tensor's data stays where it is."""
        if len(message) != self.shape.IMAGE_BYTES:
            raise ValueError("%d bytes" % len(message))
        return self.shape.unpack(message)
