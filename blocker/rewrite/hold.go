package rewrite

import "io"

// keep hands on what need not be held back, and moves every place to the start of what is.
func (z *Writer) keep() {
	if z.mode == inRest {
		z.at = len(z.data)
	}
	if z.scriptAt >= 0 && z.at-z.textAt > MaxScript {
		z.scriptAt = none
	}
	if z.headAt >= 0 && z.at-z.headAt > maxHead {
		z.insertHeld()
	}
	cut := z.at
	for _, mark := range [...]int{z.tagAt, z.headAt, z.scriptAt} {
		if mark >= 0 {
			cut = min(cut, mark)
		}
	}
	z.compareGate(cut)
	z.handOn(cut)
	z.held = append(z.held[:0], z.data[cut:]...)
	z.data = nil
	z.offset += int64(cut)
	z.from -= cut
	z.at -= cut
	z.textAt -= cut
	for _, mark := range [...]*int{&z.tagAt, &z.headAt, &z.scriptAt, &z.present.at} {
		if *mark >= 0 {
			*mark -= cut
		}
	}
}

// handOn passes the input up to end on as it came.
func (z *Writer) handOn(end int) {
	if end > z.from {
		z.put(z.data[z.from:end])
		z.from = end
	}
}

func (z *Writer) put(b []byte) {
	if z.err != nil {
		return
	}
	n, err := z.out.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	z.err = err
}

// pass lets the rest of the document through unread.
func (z *Writer) pass(why string) {
	if z.mode == inRest {
		return
	}
	z.report.Unread, z.report.UnreadAt = why, z.offset+int64(z.at)
	z.mode = inRest
	z.tagAt, z.headAt, z.scriptAt, z.present.at = none, none, none, none
}

// finish settles what only the end of the document decides.
func (z *Writer) finish() {
	if z.mode == inRest {
		return
	}
	switch {
	case z.headAt >= 0:
		z.insertHeld()
	case z.place.pending() && z.sawTag && (z.mode == inText || z.mode == inTag):
		z.insert(z.from)
	}
}
