package files

import (
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Pictures that every browser shows and that can hold no script.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// harmless are the types that browsers may be told of when they save a file; all others go out as mere bytes.
var harmless = append([]string{
	"application/pdf", "application/zip", "application/gzip", "application/x-7z-compressed", "text/plain", "text/csv", "application/json",
	"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "audio/mpeg", "video/mp4", "image/tiff", "image/bmp",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/vnd.oasis.opendocument.text",
	"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.presentation",
}, pictures...)

// Bytes is the type of what nothing is known of.
const Bytes = "application/octet-stream"

// Type is what a file is by its content, whatever its name or its sender says: a MIME type without parameters.
func Type(r io.Reader) (string, error) {
	m, err := mimetype.DetectReader(r)
	if err != nil {
		return Bytes, err
	}
	kind, _, _ := strings.Cut(m.String(), ";")
	return kind, nil
}

// IsPicture reports whether the type is one of a picture that browsers may show.
func IsPicture(kind string) bool { return slices.Contains(pictures, kind) }

// Served is the type a browser is told: the file's own when it can do no harm, else mere bytes.
func Served(kind string) string {
	if slices.Contains(harmless, kind) {
		return kind
	}
	return Bytes
}

// endings are the types that a name's ending promises, where a wrong promise is worth a warning.
var endings = map[string][]string{
	".png": {"image/png", "image/vnd.mozilla.apng"}, ".jpg": {"image/jpeg"}, ".jpeg": {"image/jpeg"}, ".gif": {"image/gif"}, ".webp": {"image/webp"},
	".pdf": {"application/pdf"}, ".zip": {"application/zip"}, ".mp4": {"video/mp4"}, ".mp3": {"audio/mpeg"},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip"},
	".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/zip"},
}

// programs run when they are opened.
var programs = []string{
	"application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-executable", "application/x-mach-binary", "application/x-msdownload",
}

// Lies reports whether the name promises another type than the content has.
func Lies(name, kind string) bool {
	ext := strings.ToLower(path.Ext(name))
	if slices.Contains(programs, kind) {
		return ext != ".exe" && ext != ".dll" && ext != ".so" && ext != ".bin" && ext != ".msi" && ext != ""
	}
	want, known := endings[ext]
	return known && !slices.Contains(want, kind)
}
