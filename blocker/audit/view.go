package audit

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// finding is a row of the table of leaks: the same thing in several runs is one row.
type finding struct {
	Time      float64
	State     string
	Kind      string
	What      string
	Detail    string
	By        Initiator
	Rule      string
	Category  string
	Reason    string
	Remedy    string
	Runs      []string
	Times     int
	mergedKey string
}

// findings collects the leaks of all runs of the page, the earliest first.
func (p *Page) findings() []finding {
	var rows []finding
	add := func(run *Run, f finding, j *Judgement) {
		f.State, f.Rule, f.Category, f.Reason, f.Remedy = j.State, j.Rule, j.Category, j.Reason, j.Remedy
		f.mergedKey = strings.Join([]string{f.Kind, f.What, f.State, f.Remedy}, "\n")
		for i := range rows {
			if rows[i].mergedKey == f.mergedKey {
				rows[i].merge(f, string(run.Name))
				return
			}
		}
		f.Runs, f.Times = []string{string(run.Name)}, 1
		rows = append(rows, f)
	}
	for i := range p.Runs {
		run := &p.Runs[i]
		for k := range run.Requests {
			if r := &run.Requests[k]; r.Leak {
				detail := "from the " + r.From
				if r.Outcome == "failed" {
					detail += ", failed: " + r.Error
				}
				add(run, finding{Time: r.Time, Kind: r.Kind, What: bare(r.URL), Detail: detail, By: r.Initiator}, &r.Judgement)
			}
		}
		for k := range run.Stored {
			if s := &run.Stored[k]; s.Leak {
				add(run, finding{Time: s.Time, Kind: s.Kind, What: s.Name, Detail: s.Where, By: s.Initiator}, &s.Judgement)
			}
		}
		for k := range run.Links {
			if l := &run.Links[k]; l.Leak {
				add(run, finding{Kind: "connection", What: bare(l.URL), Detail: l.Rel, By: Initiator{Type: "parser"}}, &l.Judgement)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b finding) int { return compare(a.Time, b.Time) })
	return rows
}

func (f *finding) merge(g finding, run string) {
	f.Times++
	f.Time = min(f.Time, g.Time)
	if f.By.URL == "" {
		f.By = g.By
	}
	if !slices.Contains(f.Runs, run) {
		f.Runs = append(f.Runs, run)
	}
}

// SeenOf says in which of so many visits, and how often if that is more.
func (f finding) SeenOf(visits int) string {
	text := seenOf(f.Runs, visits)
	if f.Times > len(f.Runs) {
		text += fmt.Sprintf(" (%d times)", f.Times)
	}
	return text
}

func seenOf(runs []string, visits int) string {
	if len(runs) == visits && visits > 1 {
		return "all"
	}
	return strings.Join(runs, ", ")
}

// bare is a URL without its query and fragment, which may hold personal data: the JSON report has them.
func bare(address string) string {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		return address[:i]
	}
	return address
}

// Words says who caused something.
func (i Initiator) Words() string {
	words := map[string]string{
		"script": "script", "parser": "the page's HTML", "preload": "a preload in the HTML", "server": "the server's Set-Cookie header",
		"redirect": "a redirect", "unknown": "not known",
	}[i.Type]
	if i.URL == "" || i.Type == "unknown" {
		return words
	}
	return words + ", "
}

// Place is the address with line and column; empty when it is not known.
func (i Initiator) Place() string {
	if i.URL == "" || i.Type == "unknown" {
		return ""
	}
	text := bare(i.URL)
	if i.Line > 0 {
		text += fmt.Sprintf(":%d", i.Line)
		if i.Column > 0 {
			text += fmt.Sprintf(":%d", i.Column)
		}
	}
	return text
}

// kept is a row of the table of cookies and storage.
type kept struct {
	Kind, Name, Where string
	HTTPOnly          bool
	Verdict           string
	Class             string
	Runs              []string
	Left              bool
}

// kept collects what was stored, of all runs.
func (p *Page) kept() []kept {
	var rows []kept
	for i := range p.Runs {
		run := &p.Runs[i]
		for k := range run.Stored {
			s := &run.Stored[k]
			row := kept{Kind: s.Kind, Name: s.Name, Where: s.Where, HTTPOnly: s.HTTPOnly, Left: s.Left}
			row.Verdict, row.Class = judged(&s.Judgement)
			index := slices.IndexFunc(rows, func(r kept) bool {
				return r.Kind == row.Kind && r.Name == row.Name && r.Where == row.Where && r.Verdict == row.Verdict && r.Left == row.Left
			})
			if index < 0 {
				rows = append(rows, row)
				index = len(rows) - 1
			}
			rows[index].HTTPOnly = rows[index].HTTPOnly || row.HTTPOnly
			if name := string(run.Name); !slices.Contains(rows[index].Runs, name) {
				rows[index].Runs = append(rows[index].Runs, name)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b kept) int { return strings.Compare(a.Class, b.Class) })
	return rows
}

// SeenOf names the visits.
func (k kept) SeenOf(visits int) string { return seenOf(k.Runs, visits) }

// judged is the verdict on one thing in words, with a class for its colour. Classes sort by weight.
func judged(j *Judgement) (words, class string) {
	switch {
	case j.Leak:
		return "leak, " + j.State, "a-leak"
	case j.Rule != "":
		return "allowed, " + j.State, "b-allowed"
	}
	return "not covered by a rule", "c-none"
}

// contact is a host with the number of requests to it.
type contact struct {
	Host    string
	Leaked  int
	Allowed int
	Other   int
}

// contacts counts the requests of all runs by host, those that a rule speaks of first.
func (p *Page) contacts() []contact {
	index := map[string]int{}
	var rows []contact
	for i := range p.Runs {
		for k := range p.Runs[i].Requests {
			r := &p.Runs[i].Requests[k]
			host, _, _ := hostAndPath(r.URL)
			n, ok := index[host]
			if !ok {
				n = len(rows)
				index[host] = n
				rows = append(rows, contact{Host: host})
			}
			switch {
			case r.Leak:
				rows[n].Leaked++
			case r.Rule != "":
				rows[n].Allowed++
			default:
				rows[n].Other++
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b contact) int {
		if d := b.Leaked - a.Leaked; d != 0 {
			return d
		}
		return b.Allowed - a.Allowed
	})
	return rows
}

// shortURL is how a page is named in headings.
func shortURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host + u.EscapedPath()
}

// seconds turns milliseconds into words.
func seconds(ms float64) string { return fmt.Sprintf("%.1f s", ms/1000) }
