package app

import (
	"io"
	"net"
	"time"
)

// How long a connection that we end is read on, and how much of it: what is still on its way would else make the
// other side's system throw away our last answer, which says why. https://httpwg.org/specs/rfc9112.html#persistent.tear-down
const (
	lingerTime  = time.Second
	lingerBytes = 8 << 20
)

// sendBuffer is how much of an answer the system takes over for who reads slowly, in bytes. Left to itself it takes megabytes for
// each of a thousand such readers.
const sendBuffer = 256 << 10

// lingering is a listener whose connections are ended only once the other side has had the time to read.
type lingering struct{ net.Listener }

// Accept waits for the next connection.
func (l lingering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		_ = tcp.SetWriteBuffer(sendBuffer) // it fails only on a connection that is gone already
		return lingerer{tcp}, nil
	}
	return c, err
}

type lingerer struct{ *net.TCPConn }

// Close says that nothing more comes, and ends the connection in a moment; it does not wait for that.
func (c lingerer) Close() error {
	if err := c.CloseWrite(); err != nil {
		return c.TCPConn.Close()
	}
	go func() {
		if c.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.TCPConn, lingerBytes) // however it ends, the connection does too
		}
		_ = c.TCPConn.Close()
	}()
	return nil
}
