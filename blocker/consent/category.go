package consent

// Category is a consent category: what a visitor says yes or no to.
type Category uint8

// The four categories of the public contract. Necessary is always granted.
const (
	Necessary Category = iota
	Functional
	Analytics
	Marketing
	categoryCount
)

var categoryNames = [categoryCount]string{"necessary", "functional", "analytics", "marketing"}

// Categories lists every category, weakest first.
func Categories() []Category { return []Category{Necessary, Functional, Analytics, Marketing} }

// String returns the name used in configuration, events and reports.
func (c Category) String() string {
	if c < categoryCount {
		return categoryNames[c]
	}
	return "unknown"
}

// ParseCategory returns the category called name; ok is false for any other word.
func ParseCategory(name string) (c Category, ok bool) {
	for i, n := range categoryNames {
		if n == name {
			return Category(i), true
		}
	}
	return Necessary, false
}

// Set is a set of categories, one bit each (1 << Category).
type Set uint8

// Of returns the set holding the given categories.
func Of(categories ...Category) Set {
	var s Set
	for _, c := range categories {
		s |= 1 << c
	}
	return s
}

// All needs every category that a visitor can refuse: what a rule falls back to when nobody can say what it needs.
const All Set = 1<<Functional | 1<<Analytics | 1<<Marketing

// Has reports whether c is in the set.
func (s Set) Has(c Category) bool { return s&(1<<c) != 0 }
