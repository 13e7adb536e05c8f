package audit

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// rest waits until the page has loaded and its network was quiet for a while. A page that never comes to rest is left
// as it is when the time is over; the report says so.
func (v *visit) rest(ctx context.Context) error {
	deadline := time.Now().Add(v.o.Timeout)
	for {
		v.mu.Lock()
		wait := v.untilRest(time.Now())
		v.mu.Unlock()
		if wait <= 0 {
			return v.lost(ctx)
		}
		left := time.Until(deadline)
		if left <= 0 {
			v.mu.Lock()
			v.note(fmt.Sprintf("The page did not come to rest within %v: what it did later is not in this report.", v.o.Timeout))
			v.mu.Unlock()
			return v.lost(ctx)
		}
		timer := time.NewTimer(min(wait, left))
		select {
		case <-timer.C:
		case <-v.changed:
		case <-v.ended:
		case <-v.b.gone:
		case <-ctx.Done():
		}
		timer.Stop()
		if err := v.lost(ctx); err != nil {
			return err
		}
	}
}

// patience is how long a request may stay unanswered before it is no longer waited for.
func (v *visit) patience() time.Duration { return min(10*time.Second, v.o.Timeout/2) }

// untilRest returns how long to wait before looking again; 0 when the page is at rest.
func (v *visit) untilRest(now time.Time) time.Duration {
	if !v.loaded {
		return v.o.Timeout
	}
	wait := v.o.Settle - now.Sub(v.active)
	for _, p := range v.pending {
		if age := now.Sub(p.since); !p.answered && age < v.patience() {
			wait = max(wait, v.patience()-age)
		}
	}
	return max(wait, 0)
}

// lost returns why the run cannot go on, or nil.
func (v *visit) lost(ctx context.Context) error {
	select {
	case <-v.ended:
		return errors.New("the page crashed")
	case <-v.b.gone:
		return errGone
	default:
		return ctx.Err()
	}
}
