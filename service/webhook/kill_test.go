package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/webhook"
)

// victimEnv holds the file, the key and the target of a process that is killed.
const victimEnv = "DATAPLEDGE_WEBHOOK_VICTIM"

const killNotices, killRecords = 120, 5

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimEnv); dir != "" {
		if err := victim(dir, os.Getenv(victimEnv+"_URL")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// victim delivers until it is killed.
func victim(dir, url string) error {
	key, err := client.Load(filepath.Join(dir, "key.jwk"), nil)
	if err != nil {
		return err
	}
	hooks, err := webhook.Open(webhook.Options{Path: filepath.Join(dir, "webhooks.db"), Key: key, AllowHTTP: true, AllowPrivate: true,
		Timeout: deadline, FirstWait: time.Millisecond, LongestWait: time.Millisecond, Tries: 1 << 20})
	if err != nil {
		return err
	}
	if list, err := hooks.List(context.Background(), bank); err != nil {
		return err
	} else if len(list) == 0 {
		w := service.Webhook{WebhookRequest: service.WebhookRequest{URL: url}, Party: bank, RegisteredBy: "kid", State: service.WebhookActive}
		if _, err := hooks.Add(context.Background(), w); err != nil {
			return err
		}
	}
	source := newTold()
	for i := range killNotices {
		source.add(fmt.Sprintf("pl_%d", i%killRecords), pledge.PledgeRegister, bank)
	}
	hooks.Run(context.Background(), source)
	return nil
}

// Whenever it is killed, nothing is lost and no record's order is broken.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	key := must(client.New(client.Ed25519, owner, pledge.ScopeAdmin))(t)
	if err := key.Save(filepath.Join(dir, "key.jwk"), ""); err != nil {
		t.Fatal(err)
	}
	tg := newTarget(t, key)
	turn := 0
	tg.answers(func(service.Notice) int { // every third is not taken the first time
		if turn++; turn%3 == 0 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	newest := map[string]uint64{}
	ids := map[uint64]string{}
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimEnv+"="+dir, victimEnv+"_URL="+tg.URL)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	victim, kills, repeated := start(), 0, 0
	for n := 1; len(ids) < killNotices; n++ {
		g := tg.next()
		block := g.Position.Block
		switch last := newest[g.RecordID]; {
		case ids[block] != "" && ids[block] != g.id:
			t.Fatalf("block %d came as %s and as %s", block, ids[block], g.id)
		case block > last+killRecords, block < last:
			t.Fatalf("block %d of %s came after block %d", block, g.RecordID, last)
		case block == last:
			repeated++
		}
		newest[g.RecordID], ids[block] = block, g.id
		if n%25 == 0 {
			kill(t, victim)
			kills++
			victim = start()
		}
	}
	kill(t, victim)
	if kills < 4 || repeated == 0 {
		t.Errorf("%d kills, %d repeated: that shows little", kills, repeated)
	}
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it ends by the signal
}
