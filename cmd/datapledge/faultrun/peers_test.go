package faultrun

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
)

// chainInfo is what a peer says about its copy of the channel.
type chainInfo struct {
	Height       uint64 `json:"height"`
	CurrentHash  string `json:"currentBlockHash"`
	PreviousHash string `json:"previousBlockHash"`
}

// peersAgree waits until the peers of all members have the same blocks.
func (s *site) peersAgree() {
	s.Helper()
	s.until(mustSettle, "peers with the same blocks", func(ctx context.Context) error {
		first := chainInfo{}
		for _, m := range s.net.Consortium().Members {
			info, err := s.chainOf(ctx, m)
			if err != nil {
				return err
			}
			if first == (chainInfo{}) {
				first = info
			}
			if info != first {
				return fmt.Errorf("the peer of %s has %+v, the first has %+v", m.Role, info, first)
			}
		}
		return nil
	})
}

func (s *site) chainOf(ctx context.Context, m network.Member) (info chainInfo, err error) {
	out, err := s.peer(ctx, m, "channel", "getinfo", "-c", s.net.Consortium().Channel)
	if err != nil {
		return info, err
	}
	_, text, _ := bytes.Cut(out, []byte("{"))
	return info, json.Unmarshal(append([]byte("{"), text...), &info)
}

// peer runs Fabric's command line as a member's admin. The program is the one
// that a running peer was started from.
func (s *site) peer(ctx context.Context, m network.Member, args ...string) ([]byte, error) {
	return s.runPeer(ctx, s.peerProgram(), m, args...)
}

func (s *site) runPeer(ctx context.Context, program string, m network.Member, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "FABRIC_CFG_PATH="+s.node("peer."+string(m.Role)), "FABRIC_LOGGING_SPEC=error",
		"CORE_PEER_MSPCONFIGPATH="+filepath.Join(s.net.Dir(), "crypto", "peerOrganizations", m.Domain, "users", "Admin@"+m.Domain, "msp"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("peer %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return out, nil
}

func (s *site) node(name string, parts ...string) string {
	return filepath.Join(append([]string{s.net.Dir(), "nodes", name}, parts...)...)
}

func (s *site) peerProgram() string {
	s.Helper()
	for _, m := range s.net.Consortium().Members {
		if pid := s.net.PID("peer." + string(m.Role)); pid != 0 {
			if path, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil {
				return path
			}
		}
	}
	s.Skip("no running peer tells its program (that needs /proc)")
	return ""
}

func (s *site) member(r pledge.Role) network.Member {
	list := s.net.Consortium().Members
	return list[slices.IndexFunc(list, func(m network.Member) bool { return m.Role == r })]
}

// orderers are the ordering nodes by the numbers that they know each other by.
func (s *site) orderers() []network.Member {
	return slices.DeleteFunc(slices.Clone(s.net.Consortium().Members), func(m network.Member) bool { return m.Orderer == nil })
}

// leader is the ordering node that proposes blocks now. It waits until all of
// them are well, say the same, and have the same blocks: one more that fails
// is then the only one.
func (s *site) leader() network.Member {
	s.Helper()
	list, id := s.orderers(), 0
	took := s.until(mustSettle, "orderers that agree", func(ctx context.Context) error {
		send(ctx, s.service.url(), s.Fence(s.Court, "cmd_"+random(32))) // they count at each block
		time.Sleep(100 * time.Millisecond)
		var said []float64
		for _, m := range list {
			id = int(gauge(m.Orderer.Operations, "consensus_BFT_leader_id"))
			said = append(said, float64(id), gauge(m.Orderer.Operations, "ledger_blockchain_height"))
		}
		for i := range said {
			if said[i] != said[i%2] || id < 1 || id > len(list) {
				return fmt.Errorf("leaders and heights are %v", said)
			}
		}
		return nil
	})
	if took > time.Second {
		s.Logf("the orderers agreed after %.1f s", took.Seconds())
	}
	return list[id-1]
}

// gauge reads a metric of a node, 0 when there is none.
func gauge(operations int, name string) float64 {
	resp, err := http.Get("http://127.0.0.1:" + strconv.Itoa(operations) + "/metrics")
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	page, _ := io.ReadAll(resp.Body)
	for line := range strings.SplitSeq(string(page), "\n") {
		if strings.HasPrefix(line, name) {
			v, _ := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
			return v
		}
	}
	return 0
}
