package backup

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"
)

func TestRoomFor_SaysThatTheDiskIsFull(t *testing.T) {
	err := roomFor(&fs.PathError{Op: "write", Path: "/x/.portal-backup-1", Err: syscall.ENOSPC}, "/x/y.zip")
	if err.Error() != "the disk is full, so no backup was made in /x; make room, or name a file on another disk by -to" {
		t.Error(err)
	}
	if other := roomFor(fs.ErrClosed, "/x/y.zip"); !errors.Is(other, fs.ErrClosed) {
		t.Error(other)
	}
}
