package files_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"portal/app/files"
)

func FuzzName_IsOneOfAFileAndStaysInItsHeader(f *testing.F) {
	for _, s := range []string{"a.txt", "../../etc/passwd", `C:\x\y.exe`, "a\r\nSet-Cookie: x=y", `a"; filename="b`, "\u202etxt.exe", strings.Repeat("ä", 300) + ".png", "", ".", "..", "a%00b", "ﷺ.pdf", "\xff", "a\u2028b", "con", strings.Repeat("a", 199) + "  " + strings.Repeat("b", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		name := files.Name(sent)
		if name == "" || name == "." || name == ".." || len(name) > 200 || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\\x00\r\n") ||
			strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Fatalf("%q becomes %q", sent, name)
		}
		if again := files.Name(name); again != name {
			t.Fatalf("%q becomes %q and then %q", sent, name, again)
		}
		head := files.Disposition("attachment", name)
		kind, params, err := mime.ParseMediaType(head)
		if err != nil || kind != "attachment" || params["filename"] != name || len(params) != 1 || strings.ContainsAny(head, "\r\n") {
			t.Fatalf("%q stands as %s, which is %s %q, %v", name, head, kind, params, err)
		}
	})
}

func FuzzSmall_MakesASmallPictureOrNone(f *testing.F) {
	m := image.NewPaletted(image.Rect(0, 0, 9, 5), []color.Color{color.Black, color.White})
	for _, encode := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return png.Encode(b, m) },
		func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) },
		func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")) // of one pixel
	f.Add([]byte("RIFF\x22\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\xff\xff\x00VP8L"))
	f.Fuzz(func(t *testing.T, body []byte) {
		made, err := files.Small(bytes.NewReader(body))
		if err != nil {
			if !errors.Is(err, files.ErrNoPicture) {
				t.Fatal(err)
			}
			return
		}
		c, kind, err := image.DecodeConfig(bytes.NewReader(made))
		if err != nil || kind != "jpeg" || c.Width > 480 || c.Height > 480 {
			t.Fatalf("%s of %d × %d, %v", kind, c.Width, c.Height, err)
		}
	})
}
