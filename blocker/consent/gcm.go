package consent

// ModeTypes lists the types of Google Consent Mode that are read, in the order of their bits in Reader.ConsentMode.
func ModeTypes() []string {
	return []string{"ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage"}
}

// modeTypes are the types of each category, as bits.
var modeTypes = [categoryCount]uint8{Functional: 1 << 4, Analytics: 1 << 3, Marketing: 1<<0 | 1<<1 | 1<<2}

// modes holds what was said of the types: which of them updates granted and
// denied, and which a default denied.
type modes struct{ granted, denied, byDefault uint32 }

// ConsentMode takes in a call of gtag("consent", "default" or "update", {...}), so that the signal is what Google
// Consent Mode says after it and all calls before. The types that the call grants and denies are bits, in the order of ModeTypes.
//
// A default is the site's policy and no choice: alone it neither grants nor denies. Once a type of a category was
// updated, the category is granted if all of its types that were ever named are. An update counts before a default,
// and of defaults, which may be meant for other regions, the stricter.
func (r *Reader) ConsentMode(update bool, granted, denied uint32, s *Signal) {
	m := &r.modes
	if update {
		m.granted = (m.granted | granted) &^ denied
		m.denied = m.denied&^granted | denied
	} else {
		m.byDefault |= denied
	}
	*s = Signal{Source: GCM}
	for c := Functional; c < categoryCount; c++ {
		types := uint32(modeTypes[c])
		switch {
		case (m.granted|m.denied)&types == 0:
		case (m.denied|m.byDefault&^m.granted)&types != 0:
			s.States[c] = Denied
		default:
			s.States[c] = Granted
		}
	}
}
