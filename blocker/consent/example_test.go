package consent_test

import (
	"fmt"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// A returning visitor: the stored choice counts at once, and the CMP's own word when it comes.
func Example() {
	var board consent.Board
	reader := consent.Reader{Words: []consent.Mapping{{Name: "stats", Category: consent.Analytics}}}
	reader.Stored(`theme=dark; klaro={"stats":true,"marketing":false}`, "", 1795435200000, func(s *consent.Signal) { board.Put(*s) })
	fmt.Println(board.Merge(consent.Auto).States)

	var word consent.Signal
	reader.Live("klaro", `{"stats":false,"marketing":false}`, true, &word)
	board.Put(word)
	fmt.Println(board.Merge(consent.Auto).States)
	// Output:
	// [granted unset granted denied]
	// [granted unset denied denied]
}
