package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// errGone is the error of every call after the browser has ended.
var errGone = errors.New("the browser has ended")

// event is one message that the browser sent of its own accord.
type event struct {
	session string
	method  string
	params  []byte
}

// conn speaks the debugging protocol with a session for each target. It is used beside chromedp's own connection because
// frames and workers are attached as they come, halted, and watched before they run; each is a session of its own here.
type conn struct {
	transport chromedp.Transport
	heard     func(event)

	writing sync.Mutex
	mu      sync.Mutex
	last    int64
	calls   map[int64]chan *cdproto.Message
	gone    chan struct{}
}

// newConn reads until the transport ends. heard is called with the events in their order and must not block.
func newConn(transport chromedp.Transport, heard func(event)) *conn {
	c := &conn{transport: transport, heard: heard, calls: map[int64]chan *cdproto.Message{}, gone: make(chan struct{})}
	go c.read()
	return c
}

func (c *conn) read() {
	defer close(c.gone)
	for {
		m := new(cdproto.Message)
		if err := c.transport.Read(context.Background(), m); err != nil {
			return
		}
		switch {
		case m.Method != "":
			c.heard(event{string(m.SessionID), string(m.Method), m.Params})
		case m.ID != 0:
			c.mu.Lock()
			answer := c.calls[m.ID]
			delete(c.calls, m.ID)
			c.mu.Unlock()
			if answer != nil {
				answer <- m
			}
		}
	}
}

// call sends a command and waits for its result, which may be nil when nobody wants it.
func (c *conn) call(ctx context.Context, session, method string, params, result any) error {
	answer := make(chan *cdproto.Message, 1)
	id, err := c.send(session, method, params, answer)
	if err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-c.gone:
		return errGone
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.calls, id)
		c.mu.Unlock()
		return ctx.Err()
	}
}

// command is a method with its parameters.
type command struct {
	method string
	params any
}

// sendAll sends commands at once and in order. The function it returns waits for all answers, whatever they are, or until
// stop is closed.
func (c *conn) sendAll(session string, commands []command) (wait func(stop <-chan struct{})) {
	answers := make([]chan *cdproto.Message, 0, len(commands))
	for _, one := range commands {
		answer := make(chan *cdproto.Message, 1)
		if _, err := c.send(session, one.method, one.params, answer); err == nil {
			answers = append(answers, answer)
		}
	}
	return func(stop <-chan struct{}) {
		for _, answer := range answers {
			select {
			case <-answer:
			case <-stop:
				return
			}
		}
	}
}

// post sends a command whose answer does not matter. Commands of a session are carried out in the order of their sending.
func (c *conn) post(session, method string, params any) {
	_, _ = c.send(session, method, params, nil)
}

func (c *conn) send(session, method string, params any, answer chan *cdproto.Message) (int64, error) {
	body := []byte("{}")
	if params != nil {
		var err error
		if body, err = json.Marshal(params); err != nil {
			return 0, err
		}
	}
	c.mu.Lock()
	c.last++
	id := c.last
	if answer != nil {
		c.calls[id] = answer
	}
	c.mu.Unlock()
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.transport.Write(context.Background(), &cdproto.Message{
		ID: id, SessionID: target.SessionID(session), Method: cdproto.MethodType(method), Params: body,
	})
	if err != nil {
		return 0, errGone
	}
	return id, nil
}
