package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestFile_ServesHashedNamesOnly(t *testing.T) {
	url := URL("css/app.css")
	f, ok := File(url)
	if !ok || !strings.HasPrefix(f.Type, "text/css") || f.ETag == "" {
		t.Fatalf("%s: %v %q %q", url, ok, f.Type, f.ETag)
	}
	for _, bad := range []string{"/assets/css/app.css", "/assets/../go.mod", "/assets/", URL("css/none.css")} {
		if _, ok := File(bad); ok {
			t.Errorf("%s is served", bad)
		}
	}
}

func TestFile_CompressesToTheSameBytes(t *testing.T) {
	f, _ := File(URL("vendor/htmx.min.js"))
	z, err := gzip.NewReader(bytes.NewReader(f.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(body, f.Body) {
		t.Errorf("gzip gives %d bytes back of %d: %v", len(body), len(f.Body), err)
	}
	if f.CacheControl != fileLife {
		t.Errorf("life %q", f.CacheControl)
	}
}

func TestFile_FontsLiveAYear(t *testing.T) {
	f, ok := File(URL("fonts/inter-latin-wght-normal.woff2"))
	if !ok || f.CacheControl != fontLife || f.Type != "font/woff2" {
		t.Errorf("%v %q %q", ok, f.CacheControl, f.Type)
	}
}

func TestFile_BundlesWhatBrowsersNeedOnEveryPage(t *testing.T) {
	f, ok := File(URL("js/app.js"))
	if !ok || !bytes.Contains(f.Body, []byte("window.portal")) || !bytes.Contains(f.Body, mustRead("js/board.js")) {
		t.Errorf("the scripts are not one file: %v, %d bytes", ok, len(f.Body))
	}
	if _, ok := File(URL("js/board.js")); ok {
		t.Error("a part of the scripts is served by itself")
	}
}
