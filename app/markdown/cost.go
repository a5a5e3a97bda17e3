package markdown

import (
	"bytes"
	"html"
	"regexp"
	"strings"
)

// What is read as Markdown at most: marks within one paragraph, and quotes and lists within each other at the beginning of
// one line. The reader takes as long as their square, and nobody writes so many.
const (
	marksMost = 2500
	depthMost = 60
)

var (
	fence     = regexp.MustCompile("^ {0,3}(```+|~~~+)([^`]*)$")
	container = regexp.MustCompile(`^ {0,3}(?:>|(?:[-+*]|\d{1,9}[.)])(?: |$))`)
)

// costly reports whether the text would take too long to be read as Markdown. What stands in fences of code costs nothing.
func costly(text string) bool {
	marks, open := 0, ""
	for line := range strings.SplitSeq(text, "\n") {
		if m := fence.FindStringSubmatch(line[:min(len(line), 1000)]); m != nil {
			switch {
			case open == "":
				open, marks = m[1], 0
				continue
			case strings.HasPrefix(m[1], open) && strings.TrimSpace(m[2]) == "":
				open = ""
				continue
			}
		}
		if open != "" {
			continue
		}
		if strings.TrimSpace(line) == "" {
			marks = 0
			continue
		}
		marks += strings.Count(line, "[") + strings.Count(line, "*") + strings.Count(line, "_") + strings.Count(line, "~")
		if marks > marksMost || deep(line) {
			return true
		}
	}
	return false
}

// deep reports whether a line begins with more quotes and lists within each other than there may be.
func deep(line string) bool {
	for range depthMost {
		m := container.FindString(line)
		if m == "" {
			return false
		}
		line = line[len(m):]
	}
	return true
}

// plain is the text as HTML as it was typed.
func plain(text string) string {
	var b bytes.Buffer
	b.WriteString("<p>")
	b.WriteString(strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n"))
	b.WriteString("</p>\n")
	return b.String()
}
