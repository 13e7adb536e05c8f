package audit

import "fmt"

// plural counts things in words.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// titles of the runs, as a reader without the vocabulary would name them.
var titles = map[Scenario]string{
	NoChoice: "The visitor does not choose", Reject: "The visitor rejects", Accept: "The visitor accepts",
	Withdraw: "The visitor accepts, then withdraws",
}

// Title names the run for readers.
func (r *Run) Title() string { return titles[r.Name] }

// Class is the verdict as a class of the style sheet.
func (v Verdict) Class() string {
	switch v {
	case Clean:
		return "clean"
	case Leak:
		return "leak"
	}
	return "unknown"
}

// Badge is the verdict in one or two words.
func (r *Run) Badge() string {
	switch r.Verdict {
	case Clean:
		return "no leak seen"
	case Leak:
		return plural(r.Leaks(), "leak", "leaks")
	}
	return string(r.Verdict)
}

// Sentence says what the run showed, and no more.
func (r *Run) Sentence() string {
	if r.Error != "" {
		if r.Verdict == Leak {
			return "What is listed leaked before the visit ended early: " + r.Error + "."
		}
		return "Nothing can be said: " + r.Error + "."
	}
	if r.Verdict == Leak {
		return fmt.Sprintf("%s without the consent that the rules ask for.", plural(r.Leaks(), "thing was sent or stored", "things were sent or stored"))
	}
	if n := r.Passed(); n > 0 {
		return "Nothing leaked. After consent, " + plural(n, "request that needs it", "requests that need it") + " went out."
	}
	return "Nothing that needs consent by the rules was sent or stored."
}

// Headline is the result of the whole audit in one sentence.
func (r *Report) Headline() string {
	switch {
	case r.Leaks > 0:
		what := plural(r.different(), "thing was sent or stored", "different things were sent or stored")
		where := fmt.Sprintf("on %d of %d pages", r.leaking(), len(r.Pages))
		if len(r.Pages) == 1 {
			where = "on this page"
		}
		return fmt.Sprintf("Leaks: %s %s without the consent that the rules ask for (%s in all visits together).",
			what, where, plural(r.Leaks, "observation", "observations"))
	case r.Failed > 0:
		return "No leak was seen, but " + plural(r.Failed, "visit", "visits") + " could not be completed: what would have followed is not known."
	case !r.seen():
		return "No leak was seen. Nothing that the rules speak of was seen in any visit either, so this does not show that a gate works."
	}
	return "No leak was seen in any visit."
}

func (r *Report) leaking() int {
	n := 0
	for i := range r.Pages {
		if r.Pages[i].Leaks > 0 {
			n++
		}
	}
	return n
}

// different counts the leaks of all pages, with the same thing in several visits as one.
func (r *Report) different() int {
	n := 0
	for i := range r.Pages {
		n += len(r.Pages[i].findings())
	}
	return n
}

// seen is true when anything that the rules speak of appeared, leaked or allowed.
func (r *Report) seen() bool {
	for i := range r.Pages {
		if r.Pages[i].Seen() {
			return true
		}
	}
	return false
}

// Unknown is true when no run of the page came to an end: there is nothing to show.
func (p *Page) Unknown() bool {
	for i := range p.Runs {
		if p.Runs[i].Verdict != Failed {
			return false
		}
	}
	return true
}

// Seen is true when anything that the rules speak of appeared on the page in any run.
func (p *Page) Seen() bool {
	for i := range p.Runs {
		if p.Runs[i].Leaks() > 0 || p.Runs[i].Passed() > 0 {
			return true
		}
	}
	return false
}
