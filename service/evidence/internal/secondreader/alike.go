package secondreader

import (
	"errors"
	"fmt"
	"slices"
)

// alike looks at the report's content: is it told there as it is elsewhere?
func (r *reader) alike(o object) error {
	c := o.object("content")
	matches := c.objects("matches")
	if c["compared"] != true && len(matches) > 0 {
		return errors.New("matches without a comparison")
	}
	if c["compared"] == true && c["complete"] != true && o["complete"] == true {
		return errors.New("complete, and the list of what is alike is not")
	}
	if err := twice(matches, "asset_id"); err != nil {
		return err
	}
	like := map[string]object{}
	for _, m := range matches {
		like[m.text("asset_id")] = m
	}
	for _, a := range o.objects("assets") {
		if err := r.asMatch(o, c, a, like[a.text("asset_id")]); err != nil {
			return fmt.Errorf("%s: %w", a.text("asset_id"), err)
		}
		delete(like, a.text("asset_id"))
	}
	for id, m := range like {
		if o["complete"] == true && larger(m) >= 3000 {
			return fmt.Errorf("%s is alike and was not looked at", id)
		}
	}
	return nil
}

// shaped wants content, where it is there, to be what the format says.
func shaped(o object) error {
	v, there := o["content"]
	c, ok := v.(object)
	if !there {
		return nil
	}
	_, compared := c["compared"].(bool)
	_, complete := c["complete"].(bool)
	_, matches := c["matches"].([]any)
	if _, text := c["sketch"].(string); c["sketch"] != nil && !text {
		return errors.New("a sketch that is no text")
	}
	for _, m := range c.objects("matches") {
		_, owner := m["owner"].(string)
		_, id := m["asset_id"].(string)
		_, liens := m["liens"].([]any)
		ok = ok && owner && id && liens && m.object("share").number("bp") >= 0 && m.object("other_share").number("bp") >= 0
	}
	return must(ok && compared && complete && matches, "content is not what it must be")
}

func larger(m object) int64 {
	return max(m.object("share").number("bp"), m.object("other_share").number("bp"))
}

// asMatch compares an asset that was looked at with what is told of its content.
func (r *reader) asMatch(o, c, a, m object) error {
	if a["via"] == "asset" && c["sketch"] != nil {
		rec := r.ledgers(o, "v1/asset/"+a.text("asset_id"))
		if rec.object("preflight").text("sketch") != c.text("sketch") {
			return errors.New("another sketch")
		}
	}
	if a["via"] == "content" && (m == nil || larger(m) < 3000) {
		return errors.New("not like the content")
	}
	if m == nil {
		return nil
	}
	var on []string
	for _, l := range o.objects("liens") {
		if l.text("asset_id") == a.text("asset_id") {
			on = append(on, l.text("pledge_id"))
		}
	}
	return must(m["owner"] == a["owner"] && slices.Equal(m.texts("liens"), on), "told in two ways")
}
