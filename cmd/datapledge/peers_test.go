package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
)

// asAdmin runs Fabric's own client as the admin of a member.
func asAdmin(t *testing.T, net *network.Running, role pledge.Role, script string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$0"; `+script, filepath.Join(net.Dir(), "env", string(role)+".sh")).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %s: %v: %s", role, script, err, out)
	}
	return string(out)
}

// heightsMeet waits until every peer has all the blocks.
func heightsMeet(t *testing.T, net *network.Running) {
	t.Helper()
	heights := map[uint64]bool{}
	for end := time.Now().Add(2 * time.Minute); len(heights) != 1; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the peers do not come to one height: %v", heights)
		}
		clear(heights)
		for _, m := range net.Consortium().Members {
			heights[height(t, asAdmin(t, net, m.Role, "peer channel getinfo -c pledge"))] = true
		}
	}
}

func height(t *testing.T, said string) uint64 {
	t.Helper()
	var info struct{ Height uint64 }
	_, text, _ := strings.Cut(said, "Blockchain info:")
	if err := json.Unmarshal([]byte(text), &info); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return info.Height
}

// snapshot has a peer write down its state, and waits for it.
func snapshot(t *testing.T, net *network.Running, m network.Member) string {
	t.Helper()
	ca := filepath.Join(net.Dir(), "crypto", "peerOrganizations", m.Domain, "tlsca", "tlsca."+m.Domain+"-cert.pem")
	asAdmin(t, net, m.Role, fmt.Sprintf("peer snapshot submitrequest -c pledge --peerAddress 127.0.0.1:%d --tlsRootCertFile %q", m.Peer.Port, ca))
	done := filepath.Join(net.Dir(), "nodes", "peer."+string(m.Role), "data", "snapshots", "completed", "pledge", "*")
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if found, err := filepath.Glob(done); err != nil || len(found) > 0 {
			return found[0]
		}
	}
	t.Fatalf("no snapshot of %s", m.Role)
	return ""
}
