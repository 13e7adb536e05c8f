package audit

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"time"
)

//go:embed report.html
var reportHTML string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"seconds": seconds,
	"short":   shortURL,
	"plural":  plural,
	"day":     func(t time.Time) string { return t.Format("2 January 2006, 15:04 UTC") },
	"took":    func(from, to time.Time) string { return to.Sub(from).Round(time.Second).String() },
}).Parse(reportHTML))

// pageView is a page with what the template shows of it.
type pageView struct {
	*Page
	Number   int
	Findings []finding
	Kept     []kept
	Contacts []contact
	Lanes    []lane
	Ticks    []tick
}

// WriteHTML writes the report as one page that needs nothing else: no script, no font, no request.
func (r *Report) WriteHTML(w io.Writer) error {
	view := struct {
		*Report
		Views []pageView
	}{Report: r}
	for i := range r.Pages {
		p := &r.Pages[i]
		v := pageView{Page: p, Number: i + 1, Findings: p.findings(), Kept: p.kept(), Contacts: p.contacts()}
		v.Lanes, v.Ticks = p.timeline()
		view.Views = append(view.Views, v)
	}
	return page.Execute(w, view)
}

// WriteJSON writes the report as JSON that schema.json describes.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
