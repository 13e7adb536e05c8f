package consent

// State is what is known about one category.
type State uint8

// Unset means that nobody has chosen yet.
const (
	Unset State = iota
	Granted
	Denied
	stateCount
)

var stateNames = [stateCount]string{"unset", "granted", "denied"}

// String returns the word of the public contract.
func (s State) String() string {
	if s < stateCount {
		return stateNames[s]
	}
	return "unknown"
}

// Known is the state, or Denied for a number that stands for none.
func (s State) Known() State {
	if s < stateCount {
		return s
	}
	return Denied
}

// States holds a state for each category, indexed by Category.
type States [categoryCount]State

// Model says what holds before a visitor has chosen.
type Model uint8

// Auto is opt-in until the CMP or a standard says that this visitor needs no prior consent.
const (
	Auto Model = iota
	OptIn
	OptOut
	modelCount
)

var modelNames = [modelCount]string{"auto", "opt-in", "opt-out"}

// String returns the word of the public contract.
func (m Model) String() string {
	if m < modelCount {
		return modelNames[m]
	}
	return "unknown"
}

// Known is the model, or OptIn for a number that stands for none.
func (m Model) Known() Model {
	if m < modelCount {
		return m
	}
	return OptIn
}

// ParseModel returns the model called name; ok is false for any other word.
func ParseModel(name string) (m Model, ok bool) {
	for i, n := range modelNames {
		if n == name {
			return Model(i), true
		}
	}
	return Auto, false
}
