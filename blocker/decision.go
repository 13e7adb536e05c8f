package blocker

import "github.com/segment-blocker/segment-blocker/blocker/consent"

// Action is what to do with a request.
type Action uint8

// Allow passes it untouched, Hold keeps it until a grant, Drop refuses it.
const (
	Allow Action = iota
	Hold
	Drop
	actionCount
)

var actionNames = [actionCount]string{"allow", "hold", "drop"}

// String returns the word of the public contract.
func (a Action) String() string {
	if a < actionCount {
		return actionNames[a]
	}
	return "unknown"
}

// Reason says why a decision was made.
type Reason uint8

// The reasons. NoRule: nothing in the catalog or the configuration speaks of this request. NotNeeded: the
// rule needs only what is always granted. OptOutModel: nobody has chosen and this visitor needs no prior consent.
const (
	NoRule Reason = iota
	NotNeeded
	ConsentGranted
	ConsentDenied
	ConsentUnset
	OptOutModel
	reasonCount
)

var reasonNames = [reasonCount]string{
	"no rule matches", "needs no consent", "consent granted", "consent denied", "no choice yet", "opt-out model, no objection",
}

// Reasons lists every reason in the order of its number.
func Reasons() []Reason {
	all := make([]Reason, reasonCount)
	for i := range all {
		all[i] = Reason(i)
	}
	return all
}

// String returns a short phrase for people.
func (r Reason) String() string {
	if r < reasonCount {
		return reasonNames[r]
	}
	return "unknown"
}

// Decision is the answer to a Request.
type Decision struct {
	Action Action
	Reason Reason
	// Category is the one that decided: a denied one, else the first that is open, else the strongest that is needed.
	Category consent.Category
	// Refusal is how a Drop must look to the caller. The others have it too, since what passes may have to be changed:
	// RefusePending stands for settings, whose answer is narrowed (Gate.Narrow), RefuseEmpty for what goes to the
	// tracking API, whose body is stamped (Gate.Stamp).
	Refusal Refusal
	// Rule is the rule's number for Gate.RuleName; 0 when none matches.
	Rule uint16
}

// Packed returns the decision in one word, as it crosses the wasm boundary:
// bits 0-1 action, 2-3 refusal, 4-6 category, 8-15 reason, 16-31 rule.
func (d Decision) Packed() uint32 {
	return uint32(d.Action) | uint32(d.Refusal)<<2 | uint32(d.Category)<<4 | uint32(d.Reason)<<8 | uint32(d.Rule)<<16
}

// Transition is what a change of consent did.
type Transition struct {
	// Changed holds the categories whose state is another than before.
	Changed consent.Set
	// Before and After are what the gate does with Segment itself.
	Before, After Action
	// Model is true when the model in force changed.
	Model bool
}

// Packed returns the transition in one word: bits 0-3 changed categories, 4-5 before, 6-7 after, 8 model.
func (t Transition) Packed() uint32 {
	w := uint32(t.Changed) | uint32(t.Before)<<4 | uint32(t.After)<<6
	if t.Model {
		w |= 1 << 8
	}
	return w
}
