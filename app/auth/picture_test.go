package auth

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func TestPicture_IsMadeAnewAndSmall(t *testing.T) {
	wide := image.NewGray(image.Rect(0, 0, 1000, 400))
	var asPNG, asJPEG bytes.Buffer
	if err := png.Encode(&asPNG, wide); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, wide, nil); err != nil {
		t.Fatal(err)
	}
	asPNG.WriteString("<script>alert(1)</script>") // behind the picture, where readers don't look
	for want, body := range map[string][]byte{"image/png": asPNG.Bytes(), "image/jpeg": asJPEG.Bytes()} {
		typ, made, err := picture(body)
		if err != nil || typ != want {
			t.Fatalf("%s: %s, %v", want, typ, err)
		}
		c, _, err := image.DecodeConfig(bytes.NewReader(made))
		if err != nil || c.Width != 256 || c.Height != 102 {
			t.Errorf("%s is %d × %d now, %v", want, c.Width, c.Height, err)
		}
		if bytes.Contains(made, []byte("script")) {
			t.Errorf("%s still holds a script", want)
		}
	}
}

func TestPicture_RefusesWhatIsNone(t *testing.T) {
	var whole bytes.Buffer
	if err := png.Encode(&whole, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	for said, body := range map[string][]byte{
		"is empty": {}, "is neither PNG nor JPEG": []byte("<svg onload=alert(1)></svg>"), "is damaged": whole.Bytes()[:50],
	} {
		if _, _, err := picture(body); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("got %v, want %q", err, said)
		}
	}
}

func TestForeignHash_KnowsWhatASignInCanVerify(t *testing.T) {
	for kept, want := range map[string]bool{
		"scrypt:32768:8:1$salt$00ff": true, "pbkdf2:sha256:260000$salt$00ff": true, "pbkdf2:sha1$salt$00": true,
		"": false, "sha256$abc$00": false, "pbkdf2:md5:1$salt$00": false, "pbkdf2$salt$00": false, "scrypt:1:1:1$salt$xyz": false, "scrypt$salt": false,
	} {
		if foreignHash(kept) != want {
			t.Errorf("%s: %v", kept, !want)
		}
	}
}
