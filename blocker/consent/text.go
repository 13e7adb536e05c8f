package consent

import "unsafe"

// plain undoes percent-encoding. The result is empty where a '%' is no encoding.
func (r *Reader) plain(value string) string {
	out, n := r.room(len(value)), 0
	for i := 0; i < len(value); i++ {
		b := int(value[i])
		if b == '%' {
			if i += 2; i >= len(value) {
				return ""
			}
			if b = index(hexDigits, value[i-1]|32)<<4 | index(hexDigits, value[i]|32); b < 0 {
				return ""
			}
		}
		out[n] = byte(b)
		n++
	}
	return view(out[:n])
}

const hexDigits = "0123456789abcdef"

// unbase64 decodes base64 (RFC 4648) with padding or none. The result is empty at any other byte.
func (r *Reader) unbase64(value string) string {
	out, n := r.room(len(value)), 0
	bits, have := 0, 0
	for i := 0; i < len(value) && value[i] != '='; i++ {
		digit := index(base64Digits, value[i])
		if digit < 0 {
			return ""
		}
		bits = bits<<6 | digit
		if have += 6; have >= 8 {
			have -= 8
			out[n] = byte(bits >> have)
			n++
		}
	}
	return view(out[:n])
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// room lends out bytes until the next value of a CMP is read. The memory is kept, because the wasm module has no
// garbage collector.
func (r *Reader) room(n int) []byte {
	from := r.used
	if r.used += n; r.used > len(r.scratch) {
		r.scratch, from, r.used = make([]byte, 2*r.used), 0, n
	}
	return r.scratch[from:r.used]
}

func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Choices are kept 13 months at most: by then a CMP of the TCF must have asked again (IAB Europe TCF Policies, appendix
// B), and the French authority allows no more (CNIL, guidelines on cookies, 2020). The unit is a hundred seconds,
// because numbers of seconds and of milliseconds both begin with it.
const (
	day    = 864
	maxAge = 396 * day
)

// fresh reports whether a choice of then may still be believed. One of the future may not, but for a day of clocks
// that differ.
func fresh(then, now uint32) bool { return now+day-then <= maxAge+day }

// instant reads a point in time: a number of seconds (10 digits) or of milliseconds (13), or the date of an ISO 8601
// text, in the years that can be meant. 0 if it is none of these.
func instant(s string) uint32 {
	if len(s) < 10 {
		return 0
	}
	if n := digits(s[:8]); n != noNumber && (len(s) == 10 || len(s) == 13) {
		return n
	}
	year, month, date := digits(s[:4]), digits(s[5:7]), digits(s[8:10])
	if year-1970 >= 130 || month-1 >= 12 || date > 31 {
		return 0
	}
	if month < 3 {
		year, month = year-1, month+12
	}
	// Years from March on, so that the day of a leap year is its last.
	return (year*1461/4 + (month*153-457)/5 + date - 719_484) * day
}

// noNumber is what digits returns for a text that is no number of one to nine digits.
const noNumber = 1<<32 - 1

func digits(s string) (n uint32) {
	for i := range len(s) {
		d := uint32(s[i]) - '0'
		if d > 9 || i > 8 {
			return noNumber
		}
		n = n*10 + d
	}
	return n
}
