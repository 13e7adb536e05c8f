package audit

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

//go:embed click.js
var clickScript string

// clickable is where the mouse can click; Reachable is false for what it cannot reach.
type clickable struct {
	Selector  string  `json:"selector"`
	X         float64 `json:"x"`
	Y         float64 `json:"y"`
	Reachable bool    `json:"reachable"`
}

// click clicks the first visible element in the page or in a frame of another site, and says what it was; empty if none
// appeared in time.
func (v *visit) click(ctx context.Context, choice Scenario, selectors []string, wait time.Duration) (string, error) {
	if len(selectors) == 0 {
		return "", nil
	}
	for _, patience := range []time.Duration{0, wait} {
		for _, session := range v.documents() {
			hit, err := v.find(ctx, session, selectors, patience, false)
			if lost := v.lost(ctx); lost != nil {
				return "", lost
			}
			if session == v.main && err != nil {
				return "", err
			}
			if err == nil && hit.Selector != "" {
				v.act(choice)
				return "clicked " + hit.Selector, v.press(ctx, session, hit)
			}
			patience = 0
		}
	}
	return "", nil
}

// documents are the sessions in which something can be clicked, the page first.
func (v *visit) documents() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	list := []string{v.main}
	for _, w := range v.watching {
		if w.target.Type == "iframe" {
			list = append(list, w.session)
		}
	}
	return list
}

// find looks for something to click; with press it calls the element's click() itself.
func (v *visit) find(ctx context.Context, session string, selectors []string, wait time.Duration, press bool) (clickable, error) {
	list, err := json.Marshal(selectors)
	if err != nil {
		return clickable{}, err
	}
	var hit clickable
	call := fmt.Sprintf("(%s)(%s, %d, %t, %t)", strings.TrimSpace(clickScript), list, wait.Milliseconds(), session == v.main, press)
	err = v.evaluateAnew(ctx, session, call, &hit)
	return hit, err
}

// press moves the mouse there and clicks.
func (v *visit) press(ctx context.Context, session string, at clickable) error {
	if !at.Reachable {
		if _, err := v.find(ctx, session, []string{at.Selector}, 0, true); !errors.Is(err, errNavigated) {
			return err
		}
		return nil
	}
	limit, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		button, count := "left", 1
		if kind == "mouseMoved" {
			button, count = "none", 0
		}
		err := v.b.call(limit, session, "Input.dispatchMouseEvent", map[string]any{
			"type": kind, "x": at.X, "y": at.Y, "button": button, "clickCount": count,
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}
