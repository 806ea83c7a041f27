package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const remindersHelp = `usage: datapledge reminders [-lang zh|en]

Lists what ends soon, or is over, of the pledges and assets of the key's party:
what it is, how many days before its end this is told, of which record, when it
ends, and what to do. What ends first comes first. Webhooks have the same
delivered (-act reminder).

  -lang zh|en   the language; en when not given

EXAMPLE
  datapledge reminders -lang zh -key bank.jwk
` + exitCommon

func (a *app) remindersCommand() *cobra.Command {
	var lang string
	c := a.command("reminders", remindersHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := checkLang(lang); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		items, next, err := collect(0, func(p service.Page) (client.Page[service.Reminder], error) { return c.Reminders(ctx, p) })
		if err != nil {
			return err
		}
		emitList(a, items, next, func(r service.Reminder) []string { return reminderRow(r, lang) })
		return nil
	})
	c.Flags().StringVar(&lang, "lang", "en", "")
	return c
}

// reminderRow: what to do, by when and of which record, is in its words.
func reminderRow(r service.Reminder, lang string) []string {
	told := service.Text{ZH: fmt.Sprintf("提前 %d 天", r.Days), EN: fmt.Sprintf("%d days before", r.Days)}
	if r.Days == 0 {
		told = service.Text{ZH: "已届期", EN: "over"}
	}
	return []string{r.Kind, told.In(lang), r.Why.In(lang)}
}
