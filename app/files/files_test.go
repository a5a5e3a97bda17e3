package files_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"portal/app/fault"
	"portal/app/files"
)

func open(t *testing.T) (*files.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// lying are the files under the folder.
func lying(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(filepath.Join(dir, files.Folder), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestStore_KeepsWhatItIsGivenForThisAccountOnly(t *testing.T) {
	s, dir := open(t)
	ctx := context.Background()
	sum := sha256.Sum256([]byte("the plan of the racks"))
	o, err := s.Put(ctx, strings.NewReader("the plan of the racks"))
	if err != nil || o.Size != 21 || o.SHA256 != hex.EncodeToString(sum[:]) {
		t.Fatalf("%+v, %v", o, err)
	}
	r, err := s.Get(ctx, o.Key, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	part, err := io.ReadAll(r)
	if err != nil || string(part) != "plan" || r.Close() != nil {
		t.Errorf("%q, %v", part, err)
	}
	for _, path := range lying(t, dir) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("S89: %s has mode %v", path, info.Mode())
		}
	}
	if info, err := os.Stat(filepath.Join(dir, files.Folder)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("S89: the folder has mode %v", info.Mode())
	}
	if err := errors.Join(s.Delete(ctx, o.Key), s.Delete(ctx, o.Key)); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(ctx, o.Key, 0, -1); !fault.Is(err, fault.NotFound) {
		t.Errorf("read after it was removed: %v", err)
	}
}

type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestStore_LeavesNothingOfWhatDidNotArriveWhole(t *testing.T) {
	s, dir := open(t)
	if _, err := s.Put(context.Background(), broken{strings.NewReader(strings.Repeat("x", 100_000))}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	if left := lying(t, dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestSweep_RemovesOldObjectsThatNothingRefersTo(t *testing.T) {
	s, dir := open(t)
	ctx := context.Background()
	var keys []string
	for range 3 {
		o, err := s.Put(ctx, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	known := func(_ context.Context, asked []string) ([]string, error) {
		return slices.DeleteFunc(slices.Clone(asked), func(k string) bool { return k != keys[1] }), nil
	}
	if n, err := s.Sweep(ctx, time.Now(), known); n != 0 || err != nil {
		t.Errorf("young ones: %d, %v", n, err)
	}
	release, err := files.Hold(dir)
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(2 * files.Spared)
	if n, err := s.Sweep(ctx, later, known); n != 0 || err != nil {
		t.Errorf("during a backup: %d, %v", n, err)
	}
	release()
	if n, err := s.Sweep(ctx, later, known); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if left := lying(t, dir); len(left) != 1 {
		t.Errorf("left over: %v", left)
	}
	failing := func(context.Context, []string) ([]string, error) { return nil, io.ErrClosedPipe }
	if n, err := s.Sweep(ctx, later, failing); n != 0 || !errors.Is(err, io.ErrClosedPipe) || len(lying(t, dir)) != 1 {
		t.Errorf("without an answer of the database: %d, %v", n, err)
	}
}

func TestS55_NamesMisleadNobody(t *testing.T) {
	for sent, want := range map[string]string{
		"plan.pdf": "plan.pdf", "../../etc/passwd": "passwd", `C:\temp\x.doc`: "x.doc", `..\..\x`: "x", "": "file", "..": "file", "/": "_", "a\r\nSet-Cookie: b=c.txt": "aSet-Cookie_ b=c.txt",
		"invoice\u202efdp.exe": "invoicefdp.exe", "a\x00.png": "a.png", `a"b.txt`: "a_b.txt", " .hidden ": "hidden", "übersicht\u200b.png": "übersicht.png", "a\xffb": "ab", "x.tar.gz": "x.tar.gz",
		strings.Repeat("ä", 300) + ".pdf": strings.Repeat("ä", 98) + ".pdf", "a\u2028b": "ab", "<script>.svg": "_script_.svg",
	} {
		if got := files.Name(sent); got != want {
			t.Errorf("%q became %q, not %q", sent, got, want)
		}
	}
	if got := files.Disposition("attachment", "Übersicht 100%\"x.pdf"); got != `attachment; filename="_bersicht 100__x.pdf"; filename*=UTF-8''%C3%9Cbersicht%20100%25%22x.pdf` {
		t.Error(got)
	}
}

func TestS54_TypesAreThoseOfTheContent(t *testing.T) {
	for name, c := range map[string]struct {
		content, served string
		lies            bool
	}{
		"page.png": {"<!DOCTYPE html><html><script>alert(1)</script></html>", files.Bytes, true}, "drawing.svg": {`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, files.Bytes, false},
		"notes.txt": {"just words", "text/plain", false}, "report.pdf": {"MZ\x90\x00" + strings.Repeat("\x00", 60) + "PE\x00\x00", files.Bytes, true},
		"real.pdf": {"%PDF-1.7\n", "application/pdf", false}, "picture.jpg.html": {"<html><body>x", files.Bytes, false}, "x.gif": {"GIF89a\x01\x00\x01\x00<script>", "image/gif", false},
	} {
		kind, err := files.Type(strings.NewReader(c.content))
		if err != nil || files.Served(kind) != c.served || files.Lies(name, kind) != c.lies {
			t.Errorf("%s is %s, served as %s, lies: %v, %v", name, kind, files.Served(kind), files.Lies(name, kind), err)
		}
	}
}

// bomb is a picture that says it has that many pixels, of which none follow.
func bomb(t *testing.T, side uint32) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	binary.BigEndian.PutUint32(raw[16:], side)
	binary.BigEndian.PutUint32(raw[20:], side)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	if config, err := png.DecodeConfig(bytes.NewReader(raw)); err != nil || config.Width != int(side) {
		t.Fatalf("the bomb has %d pixels, %v", config.Width, err)
	}
	return raw
}

func TestS56_PicturesOfTooManyPixelsAreNotRead(t *testing.T) {
	if _, err := files.Small(bytes.NewReader(bomb(t, 30_000))); !errors.Is(err, files.ErrNoPicture) {
		t.Error(err)
	}
	for _, raw := range []string{"", "GIF89a", "\xff\xd8\xff\xe0 no picture"} {
		if _, err := files.Small(strings.NewReader(raw)); !errors.Is(err, files.ErrNoPicture) {
			t.Errorf("%q: %v", raw, err)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1500, 30))); err != nil {
		t.Fatal(err)
	}
	small, err := files.Small(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(small))
	if err != nil || format != "jpeg" || config.Width != 480 || config.Height != 9 {
		t.Errorf("%s of %d × %d, %v", format, config.Width, config.Height, err)
	}
}

// R08: a disk that is full or fails is said in words, not as a fault of the portal.
func TestStore_SaysThatTheDiskIsFull(t *testing.T) {
	s, dir := open(t)
	for _, c := range []struct {
		err  syscall.Errno
		says string
	}{{syscall.ENOSPC, "The disk is full"}, {syscall.EDQUOT, "The disk is full"}, {syscall.EIO, "The disk can't be written"}} {
		_, err := s.Put(t.Context(), iotest.ErrReader(&fs.PathError{Op: "write", Path: "x", Err: c.err}))
		if !fault.Is(err, fault.Away) || !strings.Contains(fault.Of(err).Public, c.says) {
			t.Errorf("%v: %v", c.err, err)
		}
	}
	if left := lying(t, dir); len(left) > 0 {
		t.Errorf("there lie %v", left)
	}
}
