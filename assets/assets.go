// Package assets holds the files that browsers load: styles, scripts, fonts, pictures.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

//go:embed css js img fonts vendor/*.js
var files embed.FS

// Prefix is where the files are served.
const Prefix = "/assets/"

// Served is one file, ready to send.
type Served struct {
	Body, Gzip, Brotli []byte // the compressed ones are nil where they save nothing
	Type               string
	ETag               string
	CacheControl       string
}

type file struct {
	name string
	url  string
	hash string
	body []byte
	once sync.Once
	made Served
}

var byName, byURL = load()

// load reads the embedded files and gives each a name with its content's hash, so that it never has to be asked for again.
func load() (map[string]*file, map[string]*file) {
	names, urls := map[string]*file{}, map[string]*file{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		if path.Ext(name) == ".css" {
			body = fontURL.ReplaceAllFunc(body, func(ref []byte) []byte {
				font := "fonts/" + string(fontURL.FindSubmatch(ref)[1])
				return []byte(`url("` + hashed(font, mustRead(font)) + `")`)
			})
		}
		if main := bundles[path.Dir(name)]; main != "" && name != main {
			return nil // it is in there
		} else if main != "" {
			body = append(body, rest(main)...)
		}
		f := &file{name: name, hash: hashOf(body), body: body}
		f.url = hashed(name, body)
		names[name], urls[f.url] = f, f
		return nil
	})
	if err != nil {
		panic(err) // the files are compiled in
	}
	return names, urls
}

// bundles are the folders whose files are one file for browsers: the one named here, and the others behind it by their names.
var bundles = map[string]string{"css": "css/app.css", "js": "js/app.js"}

// rest is what stands behind the main file of a bundle.
func rest(main string) []byte {
	var all []byte
	dir := path.Dir(main)
	found, err := files.ReadDir(dir)
	if err != nil {
		panic(err) // the files are compiled in
	}
	for _, e := range found {
		if name := dir + "/" + e.Name(); name != main {
			all = append(append(all, '\n'), mustRead(name)...)
		}
	}
	return all
}

// fontURL is how a style sheet names a font; what is served names it with its hash.
var fontURL = regexp.MustCompile(`url\("\.\./fonts/([^"]+)"\)`)

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:6])
}

func hashed(name string, body []byte) string {
	ext := path.Ext(name)
	return Prefix + strings.TrimSuffix(name, ext) + "." + hashOf(body) + ext
}

func mustRead(name string) []byte {
	body, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the files are compiled in
	}
	return body
}

// URL is the address of an embedded file; its own name when there is no such file, which then is not found.
func URL(name string) string {
	if f := byName[name]; f != nil {
		return f.url
	}
	return Prefix + name
}

// File is what to send for an address.
func File(url string) (Served, bool) {
	f := byURL[url]
	if f == nil {
		return Served{}, false
	}
	f.once.Do(f.make)
	return f.made, true
}

// The life of files in browsers: fonts a year, all else 30 days. Their names change with their content.
const (
	fontLife = "public, max-age=31536000, immutable"
	fileLife = "public, max-age=2592000"
)

// make compresses the file, once.
func (f *file) make() {
	f.made = Served{Body: f.body, Type: typeOf(f.name), ETag: `"` + f.hash + `"`, CacheControl: fileLife}
	if strings.HasPrefix(f.name, "fonts/") {
		f.made.CacheControl = fontLife
		return // woff2 is compressed already
	}
	var zipped, brotlied bytes.Buffer
	z, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = z.Write(f.body) // a buffer takes everything
	_ = z.Close()
	b := brotli.NewWriterLevel(&brotlied, 9)
	_, _ = b.Write(f.body)
	_ = b.Close()
	if zipped.Len() < len(f.body) {
		f.made.Gzip = zipped.Bytes()
	}
	if brotlied.Len() < len(f.body) {
		f.made.Brotli = brotlied.Bytes()
	}
}

func typeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".woff2":
		return "font/woff2"
	case ".js":
		return "text/javascript; charset=utf-8"
	default:
		return mime.TypeByExtension(ext)
	}
}

var iconName = regexp.MustCompile(`<symbol id="([^"]+)"`)

// Icons are the names of all icons, sorted.
var Icons = sync.OnceValue(func() []string {
	var all []string
	for _, m := range iconName.FindAllSubmatch(mustRead("img/icons.svg"), -1) {
		all = append(all, string(m[1]))
	}
	slices.Sort(all)
	return all
})
