package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// toolTime is how long one call of a tool may take.
const toolTime = 3 * time.Minute

// lastWords is how long the output of a program that has ended may take to
// arrive: on a busy machine a second is not enough.
const lastWords = 30 * time.Second

// output runs a program to its end and returns what it printed; with an
// error, both of its streams.
func (r *Running) output(ctx context.Context, path string, env []string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, toolTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var out, both together
	cmd.Dir, cmd.Env = r.l.dir, environment(env...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&out, &both), &both
	cmd.WaitDelay = lastWords
	if err := cmd.Run(); err != nil {
		return both.bytes(), errors.Join(ctx.Err(), err)
	}
	return out.bytes(), nil
}

// peer runs Fabric's command line as the admin of a member, against the
// member's own peer.
func (r *Running) peer(ctx context.Context, m Member, args ...string) ([]byte, error) {
	out, err := r.output(ctx, r.tools.peer, r.peerEnv(m), args...)
	if err != nil {
		return nil, fmt.Errorf("peer %s for %s: %w: %s", strings.Join(args[:min(3, len(args))], " "), m.Role, err, lastLines(out, 3))
	}
	return bytes.TrimSpace(out), nil
}

// peerEnv tells Fabric's command line who it is and which peer to ask.
func (r *Running) peerEnv(m Member) []string {
	return []string{"FABRIC_CFG_PATH=" + r.l.node("peer."+string(m.Role)), "FABRIC_LOGGING_SPEC=error", "FABRIC_LOGGING_FORMAT=%{message}",
		"CORE_PEER_MSPCONFIGPATH=" + r.l.user(m, adminUser, "msp")}
}

// orderer are the flags that send a transaction to one of the orderers.
func (r *Running) ordererFlags(nth int) []string {
	list := r.l.consenters()
	m := list[nth%len(list)]
	return []string{"-o", local(m.Orderer.Port), "--tls", "--cafile", r.l.tlsCA(m)}
}

// everyPeer are the flags that ask the peers of all members of a channel to
// endorse.
func (r *Running) everyPeer(ch channel) []string {
	var flags []string
	for _, m := range ch.Members {
		flags = append(flags, "--peerAddresses", local(m.Peer.Port), "--tlsRootCertFiles", r.l.tlsCA(m))
	}
	return flags
}

func lastLines(text []byte, n int) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// together collects what several streams say.
type together struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *together) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *together) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.b.Bytes())
}
