package audit

import "errors"

// verdict is Leak whenever something leaked, however the run ended.
func verdict(r *Run, err error) Verdict {
	var choice errChoice
	switch {
	case r.Leaks() > 0:
		return Leak
	case errors.As(err, &choice):
		return NotMade
	case err != nil:
		return Failed
	}
	return Clean
}

// Leaks counts what leaked in the run.
func (r *Run) Leaks() int {
	n := 0
	for i := range r.Requests {
		if r.Requests[i].Leak {
			n++
		}
	}
	for i := range r.Stored {
		if r.Stored[i].Leak {
			n++
		}
	}
	for i := range r.Links {
		if r.Links[i].Leak {
			n++
		}
	}
	return n
}

// Passed counts the requests that a rule speaks of and that consent allowed: proof that the page uses what is gated.
func (r *Run) Passed() int {
	n := 0
	for i := range r.Requests {
		if r.Requests[i].Rule != "" && !r.Requests[i].Leak {
			n++
		}
	}
	return n
}

// OK is true when every run of every page was made and none leaked.
func (r *Report) OK() bool { return r.Leaks == 0 && r.Failed == 0 }

// count sums up.
func (r *Report) count() {
	r.Leaks, r.Failed = 0, 0
	for i := range r.Pages {
		p := &r.Pages[i]
		p.Leaks = 0
		for k := range p.Runs {
			p.Leaks += p.Runs[k].Leaks()
			if p.Runs[k].Error != "" {
				r.Failed++
			}
		}
		r.Leaks += p.Leaks
	}
}
