package audit

import (
	"fmt"
	"math"
)

// lane is one run of the timeline. Positions are per cent of its width, so that the picture fits any screen without
// shrinking its text.
type lane struct {
	Run     *Run
	Height  int
	Choices []mark
	Marks   []mark
}

// mark is a point of a lane.
type mark struct {
	X     string
	Y     int
	Class string
	// Shape is "request" or "stored".
	Shape string
	Label string
	// Anchor and Shift keep the label of a choice inside the picture.
	Anchor string
	Shift  int
}

// tick is a point of the time axis.
type tick struct {
	X      string
	Label  string
	Anchor string
}

// What a lane looks like, in pixels, and how much time is one column of it.
const (
	laneTop   = 14
	rowHeight = 13
	maxRows   = 5
	// columns is how many marks stand beside each other before they are piled up.
	columns = 36
)

// timeline draws the lanes of a page over one time axis.
func (p *Page) timeline() (lanes []lane, ticks []tick) {
	end := 1000.0
	for i := range p.Runs {
		end = math.Max(end, p.Runs[i].Duration)
	}
	for i := range p.Runs {
		lanes = append(lanes, newLane(&p.Runs[i], end))
	}
	step := stepOf(end)
	for at := 0.0; at <= end; at += step {
		t := tick{X: position(at, end), Label: fmt.Sprintf("%g s", at/1000), Anchor: "middle"}
		if at == 0 {
			t.Anchor = "start"
		}
		if at > end*0.95 {
			t.Anchor = "end"
		}
		ticks = append(ticks, t)
	}
	return lanes, ticks
}

// stepOf is the distance of ticks, in milliseconds: at most five fit a small screen.
func stepOf(end float64) float64 {
	for _, step := range []float64{250, 500, 1000, 2000, 5000, 10000, 20000, 60000} {
		if end/step <= 5 {
			return step
		}
	}
	return end / 5
}

// position leaves room at both ends for the marks themselves.
func position(at, end float64) string { return fmt.Sprintf("%.2f%%", 1.5+97*math.Min(at/end, 1)) }

func newLane(r *Run, end float64) lane {
	l := lane{Run: r, Height: laneTop + maxRows*rowHeight + 6}
	for _, c := range r.Choices {
		m := mark{X: position(c.Time, end), Label: c.Choice, Anchor: "start", Shift: 5}
		if c.Time > end*0.75 {
			m.Anchor, m.Shift = "end", -5
		}
		l.Choices = append(l.Choices, m)
	}
	type column struct{ time, state int }
	type pile struct {
		x    string
		rows int
	}
	piles := map[column]*pile{}
	add := func(time float64, class, shape, label string) {
		// A choice parts what stands beside it.
		at := column{int(columns * time / end), stateAt(r.Choices, time)}
		if piles[at] == nil {
			piles[at] = &pile{x: position(time, end)}
		}
		p := piles[at]
		p.rows++
		if p.rows <= maxRows {
			y := laneTop + (maxRows-p.rows)*rowHeight + rowHeight/2
			l.Marks = append(l.Marks, mark{X: p.x, Y: y, Class: class, Shape: shape, Label: label})
		}
	}
	// Leaks first: when a pile is too high for the picture, what is left out must not be a leak.
	for _, leaks := range []bool{true, false} {
		for i := range r.Requests {
			if q := &r.Requests[i]; q.Rule != "" && q.Leak == leaks {
				add(q.Time, class(leaks), "request", seconds(q.Time)+" "+q.Kind+" "+bare(q.URL))
			}
		}
		for i := range r.Stored {
			if s := &r.Stored[i]; s.Rule != "" && s.Leak == leaks {
				add(s.Time, class(leaks), "stored", seconds(s.Time)+" "+s.Kind+" "+s.Name)
			}
		}
	}
	return l
}

func class(leak bool) string {
	if leak {
		return "leak"
	}
	return "clean"
}
