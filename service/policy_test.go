package service_test

import (
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service"
)

var everybody = []service.Who{service.Anyone, service.Enrolled, service.Owner, service.Pledgor, service.Pledgee, service.Custodian, service.KeyHolder,
	"enterprise", "bank", "notary", "exchange", "ipcenter", "court", "regulator", "nobody-knows", ""}

// wanted is the policy once more, by hand. What is not listed is denied.
var wanted = map[service.Use][]service.Who{
	"command.submit":   {"anyone"},
	"command.outcome":  {"enrolled"},
	"network.read":     {"anyone"},
	"upload.begin":     {"enterprise"},
	"upload.use":       {"owner"},
	"party.read":       {"enrolled"},
	"asset.list":       {"enrolled"},
	"asset.list_all":   {"bank", "notary", "exchange", "ipcenter", "court", "regulator"},
	"asset.read":       {"owner", "bank", "notary", "exchange", "ipcenter", "court", "regulator"},
	"report.read":      {"owner", "pledgee", "notary", "exchange", "ipcenter", "court", "regulator"},
	"content.read":     {"owner", "key_holder"},
	"key.release":      {"custodian"},
	"key.read":         {"pledgee"},
	"reminders":        {"enrolled"},
	"fingerprint.read": {"enrolled"},
	"pledge.list":      {"enrolled"},
	"pledge.list_all":  {"notary", "exchange", "ipcenter", "court", "regulator"},
	"pledge.read":      {"pledgor", "pledgee", "notary", "exchange", "ipcenter", "court", "regulator"},
	"custody.check":    {"pledgor", "pledgee", "custodian"},
	"scan.read":        {"pledgor", "pledgee", "ipcenter"},
	"verify":           {"enrolled"},
	"search":           {"enrolled"},
	"events":           {"enrolled"},
	"public.verify":    {"anyone"},
	"certificate.read": {"anyone"},
	"notices":          {"enrolled"},
	"statement.read":   {"notary", "exchange", "ipcenter", "court", "regulator"},
	"webhooks":         {"enrolled"},
	"closing":          {"participant", "court", "regulator"},
}

func TestPolicyInEveryCell(t *testing.T) {
	uses := append(service.Uses(), "unknown.use", "")
	if len(uses) != len(wanted)+2 {
		t.Errorf("got %d uses, want %d", len(uses)-2, len(wanted))
	}
	for _, use := range uses {
		for _, who := range everybody {
			if got, want := service.Allowed(use, who), slices.Contains(wanted[use], who); got != want {
				t.Errorf("%s by %s: got %v, want %v", use, who, got, want)
			}
		}
		if service.Allowed(use) {
			t.Errorf("%s is allowed to nobody at all", use)
		}
	}
}

func TestPolicyTakesTheUnionOfParts(t *testing.T) {
	if !service.Allowed(service.UseAssetRead, "enterprise", service.Owner) {
		t.Error("an enterprise that owns the asset is turned away")
	}
	if service.Allowed(service.UseContentRead, everybody[0], "bank", "court", service.Pledgee) {
		t.Error("content opens to somebody who does not own it")
	}
}
