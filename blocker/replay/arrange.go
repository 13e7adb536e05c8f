package replay

// Sort is what an argument is, as far as Analytics.js tells arguments apart.
type Sort byte

// The sorts, as the letters that cross the wasm boundary. Object is a plain object by Analytics.js' own test
// (Object.prototype.toString gives "[object Object]"); Nil is null or undefined; anything else is Other.
const (
	String   Sort = 's'
	Num      Sort = 'n'
	Function Sort = 'f'
	Object   Sort = 'o'
	Nil      Sort = 'u'
	Other    Sort = 'x'
)

// None stands for an argument that was not given.
const None = -1

// Call is a canonical argument list. Each slot names an argument of the original call by its index, or None.
type Call struct {
	// Slots in order. The slot at Options takes an options object: the original's, when it names one, with the
	// timestamp added.
	Slots [5]int8
	// Count is how many slots are used.
	Count uint8
	// Options is the index of the options slot, or None for calls that take none.
	Options int8
	// Callback is the index of the callback slot, or None.
	Callback int8
}

// longest is how many arguments a call may have: a slot holds four bits, one number of which stands for None.
const longest = 15

// Arrange puts a call's arguments into their canonical places, the way Analytics.js would read them. Arguments past the
// fifteenth are left out; no call has a use for more than five.
func Arrange(o Overload, args []Sort) Call {
	args = args[:min(len(args), longest)]
	switch o {
	case TrackCall:
		return track(args)
	case PageCall:
		return page(args)
	case UserCall:
		return user(args)
	case AliasCall:
		return alias(args)
	}
	return plain(args)
}

func plain(args []Sort) Call {
	c := Call{Options: None, Callback: None}
	for i := range args {
		if i == len(c.Slots) {
			break
		}
		c.Slots[i] = int8(i)
		c.Count++
	}
	return c
}

// track is (name, properties, options, callback), or (event object, options, callback). Options come after a callback
// that stands in their place.
func track(args []Sort) Call {
	if at(args, 0) == Object {
		options := only(args, 1, Object)
		if at(args, 1) == Function {
			options = only(args, 2, Object)
		}
		return Call{Slots: [5]int8{0, options, first(args, Function, 4)}, Count: 3, Options: 1, Callback: 2}
	}
	return Call{
		Slots:   [5]int8{given(args, 0), only(args, 1, Object), only(args, 2, Object), first(args, Function, 4)},
		Count:   4,
		Options: 2, Callback: 3,
	}
}

// page is (category, name, properties, options, callback), each of which may be left out: one text is the name, two
// are category and name; one object is the properties, two are properties and options.
func page(args []Sort) Call {
	c := Call{Slots: [5]int8{None, None, None, None, first(args, Function, 5)}, Count: 5, Options: 3, Callback: 4}
	switch count(args, Object) {
	case 1:
		if at(args, 3) == Object {
			c.Slots[3] = 3
		} else {
			c.Slots[2] = first(args, Object, 5)
		}
	case 2:
		c.Slots[2] = first(args, Object, 5)
		c.Slots[3] = next(args, Object, int(c.Slots[2])+1, 5)
	}
	switch count(args, String) {
	case 1:
		c.Slots[1] = first(args, String, 5)
	case 2:
		c.Slots[0], c.Slots[1] = only(args, 0, String), only(args, 1, String)
		if c.Slots[0] == 0 && c.Slots[1] == None {
			c.categoryAlone(args)
		}
	}
	return c
}

// categoryAlone keeps a call whose second text stands where no name is looked for: that text must stay in the list, or
// the category would be read as the name. It takes the properties' place, and they the name's.
func (c *Call) categoryAlone(args []Sort) {
	c.Slots[1], c.Slots[2] = c.Slots[2], next(args, String, 1, 5)
}

// user is (id, traits, options, callback) for identify and group. The id may be left out; a callback ends the list.
func user(args []Sort) Call {
	c := Call{Slots: [5]int8{None, None, None, None}, Count: 4, Options: 2, Callback: 3}
	place := 0
	for i, sort := range args {
		if place == 0 {
			place = 1
			if sort == String || sort == Num {
				c.Slots[0] = int8(i)
				continue
			}
			if sort == Nil {
				continue
			}
		}
		if sort == Function {
			c.Slots[3] = int8(i)
			break
		}
		if place <= 2 && sort == Object {
			c.Slots[place] = int8(i)
		}
		place++
	}
	return c
}

// alias is (to, from, options, callback).
func alias(args []Sort) Call {
	c := Call{Slots: [5]int8{None, None, first(args, Object, 4), first(args, Function, 4)}, Count: 4, Options: 2, Callback: 3}
	for i := range args {
		if i == 4 {
			break
		}
		if args[i] != String && (args[i] != Num || i > 1) {
			continue
		}
		if c.Slots[0] == None {
			c.Slots[0] = int8(i)
		} else if c.Slots[1] == None {
			c.Slots[1] = int8(i)
		}
	}
	if c.Slots[0] == None {
		c.Slots[0] = given(args, 0)
	}
	return c
}

func at(args []Sort, i int) Sort {
	if i < len(args) {
		return args[i]
	}
	return Nil
}

func given(args []Sort, i int) int8 {
	if i < len(args) {
		return int8(i)
	}
	return None
}

func only(args []Sort, i int, want Sort) int8 {
	if at(args, i) == want {
		return int8(i)
	}
	return None
}

func first(args []Sort, want Sort, limit int) int8 { return next(args, want, 0, limit) }

func next(args []Sort, want Sort, from, limit int) int8 {
	for i := from; i < len(args) && i < limit; i++ {
		if args[i] == want {
			return int8(i)
		}
	}
	return None
}

// count looks at the first five arguments, which are all that a page call reads.
func count(args []Sort, want Sort) int {
	n := 0
	for i := 0; i < len(args) && i < 5; i++ {
		if args[i] == want {
			n++
		}
	}
	return n
}

// Packed returns the call in one word: bits 0-19 five slots of four bits (15 for None), 20-22 count, 23-25 options
// and 26-28 callback (7 for None).
func (c Call) Packed() uint32 {
	var w uint32
	for i, slot := range c.Slots {
		w |= uint32(slot&15) << (4 * i)
	}
	return w | uint32(c.Count)<<20 | uint32(c.Options&7)<<23 | uint32(c.Callback&7)<<26
}
