package main

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"time"
)

// wire stands between the portal and MariaDB. It passes everything on, and may hold it up or cut it.
type wire struct {
	listener net.Listener
	to       string // the database's address

	mu    sync.Mutex
	delay time.Duration         // before each query is passed on
	heard func(sql string)      // each query before it is passed on
	reply func()                // before each answer is passed back
	open  map[net.Conn]net.Conn // the portal's ends and the database's
}

// stretch puts a wire before the database.
func stretch(to string) (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{listener: l, to: to, open: map[net.Conn]net.Conn{}}
	go w.accept()
	return w, nil
}

func (w *wire) address() string { return w.listener.Addr().String() }

func (w *wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return // closed
		}
		far, err := net.Dial("tcp", w.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		w.mu.Lock()
		w.open[near] = far
		w.mu.Unlock()
		go w.ask(near, far)
		go w.answer(near, far)
	}
}

// ask passes on what the portal says, packet by packet. https://mariadb.com/docs/server/reference/clientserver-protocol/0-packet
func (w *wire) ask(near, far net.Conn) {
	defer w.cut(near)
	head := make([]byte, 4)
	for {
		if _, err := io.ReadFull(near, head); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(append(head[:3:3], 0)))
		if _, err := io.ReadFull(near, body); err != nil {
			return
		}
		const query = 3
		if head[3] == 0 && len(body) > 0 && body[0] == query {
			w.mu.Lock()
			delay, heard := w.delay, w.heard
			w.mu.Unlock()
			time.Sleep(delay)
			if heard != nil {
				heard(string(body[1:]))
			}
		}
		if _, err := far.Write(append(head[:4:4], body...)); err != nil {
			return
		}
	}
}

// answer passes back what the database says.
func (w *wire) answer(near, far net.Conn) {
	defer w.cut(near)
	part := make([]byte, 64<<10)
	for {
		n, err := far.Read(part)
		if err != nil {
			return
		}
		w.mu.Lock()
		reply := w.reply
		w.mu.Unlock()
		if reply != nil {
			reply()
		}
		if _, err := near.Write(part[:n]); err != nil {
			return
		}
	}
}

func (w *wire) cut(near net.Conn) {
	w.mu.Lock()
	far := w.open[near]
	delete(w.open, near)
	w.mu.Unlock()
	_ = near.Close()
	if far != nil {
		_ = far.Close()
	}
}

// set changes what the wire does from now on.
func (w *wire) set(delay time.Duration, heard func(string), reply func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay, w.heard, w.reply = delay, heard, reply
}

func (w *wire) close() {
	_ = w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for near, far := range w.open {
		_ = near.Close()
		_ = far.Close()
	}
}
