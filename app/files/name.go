package files

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameMost is how long a name may be, in bytes: as much as most file systems take.
const nameMost = 200

// Name is the name of a file as a browser sent it, without what could mislead who reads or saves it: folders, control
// characters, and characters that turn the direction of writing round. It is never empty.
func Name(sent string) string {
	sent = strings.ToValidUTF8(sent, "")
	sent = path.Base(strings.ReplaceAll(sent, `\`, "/"))
	sent = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		case strings.ContainsRune(`/:*?"<>|`, r): // no file system takes all of them
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, sent)
	sent = strings.Trim(sent, " .")
	if sent == "" {
		return "file"
	}
	return shortened(sent)
}

// shortened keeps the ending of a name that is too long.
func shortened(name string) string {
	if len(name) <= nameMost {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	stem := name[:nameMost-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, " .") + ext
}

// Disposition is the Content-Disposition of a download of that name, by RFC 6266: kind is inline or attachment.
// A browser that knows no other names than plain ones gets one with _ for what it can't read.
func Disposition(kind, name string) string {
	var plain, coded strings.Builder
	for _, r := range name {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			plain.WriteByte('_')
		} else {
			plain.WriteRune(r)
		}
	}
	for _, b := range []byte(name) { // attr-char of RFC 5987
		if b < 0x80 && (unicode.IsLetter(rune(b)) || unicode.IsDigit(rune(b)) || strings.IndexByte("!#$&+-.^_`|~", b) >= 0) {
			coded.WriteByte(b)
		} else {
			fmt.Fprintf(&coded, "%%%02X", b)
		}
	}
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, kind, plain.String(), coded.String())
}
