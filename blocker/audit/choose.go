package audit

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"
)

// bannerWait is how long a banner of a known platform may take to appear after the page has come to rest.
const bannerWait = 3 * time.Second

// choose makes one choice: by the given selector, with the page's consent platform, or by the gate's own API.
func (v *visit) choose(ctx context.Context, choice Scenario) error {
	how, err := v.make(ctx, choice)
	v.mu.Lock()
	if choice == Accept && v.granting {
		v.choices = v.choices[:len(v.choices)-1]
	}
	v.granting = false
	if err == nil {
		at := v.acted
		if choice != Accept {
			// What happens until the refusal is made belongs to the state before it.
			at = v.now()
		}
		v.choices = append(v.choices, Choice{Choice: string(choice), How: how, Time: at})
		v.active = time.Now()
	}
	v.mu.Unlock()
	if err == nil {
		v.step(fmt.Sprintf("%s: %s", choice, how))
	}
	return err
}

// act is called right before the click or the call. What a grant sets off at once belongs to the state after it, and may be
// reported before the call returns.
func (v *visit) act(choice Scenario) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.acted = v.now()
	if choice == Accept && !v.granting {
		v.granting = true
		v.choices = append(v.choices, Choice{Choice: string(choice), Time: v.acted})
	}
}

func (v *visit) make(ctx context.Context, choice Scenario) (string, error) {
	if selector := v.o.selector(choice); selector != "" {
		how, err := v.click(ctx, choice, []string{selector}, bannerWait)
		if err == nil && how == "" {
			err = errChoice{fmt.Sprintf("nothing visible matches %s on the page", selector)}
		}
		return how, err
	}
	if err := v.learn(ctx); err != nil {
		return "", err
	}
	v.mu.Lock()
	name, gated := v.cmp, v.gate != nil
	v.mu.Unlock()
	var failure error
	if name != "" {
		how, err := v.answer(ctx, platform(name), choice)
		if err == nil || !gated {
			return how, err
		}
		failure = err
	}
	if gated {
		how, err := v.tellGate(ctx, choice)
		if err == nil && failure != nil {
			how += " (" + failure.Error() + ")"
		}
		return how, err
	}
	return "", errChoice{fmt.Sprintf("no known consent platform and no gate on the page: say what to click with --%s-selector", choice)}
}

// selector is the given one for a choice.
func (o *Options) selector(choice Scenario) string {
	switch {
	case choice == Accept:
		return o.AcceptSelector
	case choice == Withdraw && o.WithdrawSelector != "":
		return o.WithdrawSelector
	}
	return o.RejectSelector
}

func platform(name string) cmp {
	for _, c := range cmps {
		if c.Name == name {
			return c
		}
	}
	return cmp{Name: name}
}

// answer makes the choice with a consent platform.
func (v *visit) answer(ctx context.Context, c cmp, choice Scenario) (string, error) {
	way := c.Reject
	switch {
	case choice == Accept:
		way = c.Accept
	case choice == Withdraw && (c.Withdraw.Call != "" || len(c.Withdraw.Click) > 0):
		way = c.Withdraw
	}
	if len(way.Click) == 0 && way.Call == "" {
		return "", errChoice{fmt.Sprintf("%s has no known way to %s: say what to click with --%s-selector", c.Name, choice, choice)}
	}
	wait := bannerWait
	if choice == Withdraw && way.Call != "" {
		wait = 0
	}
	how, err := v.click(ctx, choice, way.Click, wait)
	done := map[Scenario]string{Accept: c.Accepted, Reject: c.Rejected}[choice]
	switch {
	case err != nil:
		return "", err
	case how == "":
		how, err = v.callPlatform(ctx, c, way.Call, choice)
	case done != "" && way.Call != "" && !v.confirmed(ctx, done, bannerWait):
		clicked := how
		if how, err = v.callPlatform(ctx, c, way.Call, choice); err == nil {
			how = clicked + ", which was not enough, then " + how
		}
	}
	if err != nil {
		return "", err
	}
	if done != "" && !v.confirmed(ctx, done, answerLimit) {
		return "", errChoice{fmt.Sprintf("%s does not know of the choice after it (%s)", c.Name, how)}
	}
	return how + ", " + c.Name, nil
}

func (v *visit) callPlatform(ctx context.Context, c cmp, call string, choice Scenario) (string, error) {
	if call == "" {
		return "", errChoice{fmt.Sprintf("%s shows no button to %s: say what to click with --%s-selector", c.Name, choice, choice)}
	}
	v.act(choice)
	// Some platforms load the page anew, which ends the call too.
	err := v.evaluate(ctx, v.main, "(async () => { await ("+call+"); })()", nil)
	if err != nil && !errors.Is(err, errNavigated) {
		if lost := v.lost(ctx); lost != nil {
			return "", lost
		}
		return "", errChoice{fmt.Sprintf("%s could not be told (%v): say what to click with --%s-selector", c.Name, err, choice)}
	}
	return "called " + call, nil
}

// confirmed asks again and again, since a platform may reload the page or wait for its server.
func (v *visit) confirmed(ctx context.Context, done string, wait time.Duration) bool {
	limit, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var yes bool
		if v.evaluate(limit, v.main, "(() => { try { return !!("+done+"); } catch { return false; } })()", &yes) == nil && yes {
			return true
		}
		select {
		case <-tick.C:
		case <-v.ended:
			return false
		case <-limit.Done():
			return false
		}
	}
}

func (v *visit) tellGate(ctx context.Context, choice Scenario) (string, error) {
	call := "segmentBlocker.withdraw()"
	if choice != Withdraw {
		yes := choice == Accept
		call = fmt.Sprintf("segmentBlocker.setConsent({functional: %t, analytics: %t, marketing: %t})", yes, yes, yes)
	}
	v.act(choice)
	if err := v.evaluate(ctx, v.main, "(() => { "+call+"; })()", nil); err != nil && !errors.Is(err, errNavigated) {
		return "", err
	}
	return "called " + call, nil
}
