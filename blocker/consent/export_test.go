package consent

// Reached by the tests.
var (
	Instant = instant
	Glob    = glob
)

// Plain and Base64 decode as a Reader does.
func Plain(s string) string { return string([]byte(new(Reader).plain(s))) }

func Base64(s string) string { return string([]byte(new(Reader).unbase64(s))) }

// Table is the table of the CMPs.
const Table = cmps

// CMPCount is how many CMPs a Board has places for.
const CMPCount = cmpCount
