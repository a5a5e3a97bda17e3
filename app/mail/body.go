package mail

import (
	"html/template"
	"strings"
)

// text is the mail as plain text, which ends with the portal's name; links are whole addresses, so that every program makes them one.
func (b Body) text(name, base string) string {
	var s strings.Builder
	for _, p := range b {
		s.WriteString(p.Text)
		if p.Path != "" {
			s.WriteString("\n" + base + p.Path)
		}
		s.WriteString("\n\n")
	}
	s.WriteString("-- \n" + name + "\n" + base + "\n")
	return s.String()
}

// page is the mail as HTML. Mail programs know little CSS, and none from elsewhere.
var page = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body style="margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:36em;margin:0 auto">
{{range .Body}}<p>{{range $i, $line := .Lines}}{{if $i}}<br>{{end}}{{$line}}{{end}}</p>
{{if .Link}}<p><a href="{{.Link}}">{{.Link}}</a></p>
{{end}}{{end}}<p style="color:#6b7280;font-size:14px"><a style="color:#6b7280" href="{{.Base}}">{{.Name}}</a></p>
</div>
</body>
</html>
`))

type htmlParagraph struct {
	Lines []string
	Link  string
}

// html is the mail as HTML.
func (b Body) html(subject, name, base string) (string, error) {
	var all []htmlParagraph
	for _, p := range b {
		one := htmlParagraph{Lines: strings.Split(p.Text, "\n")}
		if p.Path != "" {
			one.Link = base + p.Path
		}
		all = append(all, one)
	}
	var s strings.Builder
	err := page.Execute(&s, map[string]any{"Subject": subject, "Body": all, "Base": base, "Name": name})
	return s.String(), err
}
