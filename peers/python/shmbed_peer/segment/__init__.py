# SPDX-License-Identifier: Apache-2.0
"""The segment interface. Each module here has a class `Segment` that implements it over one library."""

import traceback

from ..interrupt import Interrupted


class SegmentBase:
    """One shared memory object, and this process's mapping of it.

    A writer calls create, reserve, attach, detach, and a reader open (framed: open_header and open_rest), detach. Each call
    is timed into the ledger and raises PeerError. Used as a context manager it leaves nothing open, and an object that was
    created in a block that failed is removed again.

    object          -- how errors name it
    title           -- how a person's lines name it
    view            -- the bytes, as a memoryview, while attached
    size_bytes      -- of the whole object, once attached
    created         -- this process made the object
    READER_REMOVES  -- whether the classic reader removes it (POSIX), or the cleaner (System V)
    """

    READER_REMOVES = True

    def __init__(self, options, ledger):
        self.options = options
        self.ledger = ledger
        self.view = None
        self.size_bytes = None
        self.created = False
        self.object = self.title = None

    def create(self):
        """Stages create and size: makes the object, or takes an existing one that is ours and large enough (EEXIST)."""
        raise NotImplementedError

    def reserve(self, length_bytes):
        """Stage reserve: memory for the first bytes, so that a full /dev/shm is ENOSPC here and not a SIGBUS later."""
        raise NotImplementedError

    def attach(self):
        """Stage attach: maps the whole object for reading and writing."""
        raise NotImplementedError

    def open(self):
        """Stage reader-attach: opens and maps an existing object. Never creates one."""
        raise NotImplementedError

    def open_header(self, writable):
        """Stage reader-attach, framed, first half: opens an existing object so that `view` shows at least its header.

        Raises ENOENT or EAGAIN where a writer may still be at work, and EBADMSG SEGMENT_SIZE. writable: attach for writing.
        """
        raise NotImplementedError

    def open_rest(self, segment_size):
        """Stage reader-attach, framed, second half: `view` shows the bytes up to the header's segment size."""
        raise NotImplementedError

    def detach(self):
        """Stage detach: unmaps."""
        raise NotImplementedError

    def remove(self):
        """Stage remove: removes the object from its namespace."""
        raise NotImplementedError

    def close(self):
        """Lets go of mapping and descriptors without timing. Twice does no harm."""
        raise NotImplementedError

    def undo(self):
        """Removes, without a word, an object that this process created."""
        raise NotImplementedError

    def release_view(self):
        """Gives the view back; a mapping with a view on it cannot be unmapped (BufferError)."""
        if self.view is not None:
            self.view.release()
            self.view = None

    def __enter__(self):
        return self

    def __exit__(self, kind, failure, trace):
        _forget_frames(failure)
        try:
            self.close()
        except BufferError:  # the signal came after a slice of the view was made and before `with` had it
            if not isinstance(failure, Interrupted):
                raise  # the process goes on; here it ends, and the mapping with it
        finally:
            if kind is not None and self.created:
                self.undo()


def _forget_frames(failure):
    """Empties the frames that an exception, and those it came from, went through: they may hold views of the segment.

    From 3.11 on an emptied frame still keeps the variables of a closure; those it came from lose their frames altogether.
    """
    waiting, seen = [failure], []
    while waiting:
        each = waiting.pop()
        if each is not None and each not in seen:
            seen.append(each)
            traceback.clear_frames(each.__traceback__)
            if each is not failure:
                each.__traceback__ = None
            waiting += [each.__cause__, each.__context__]
