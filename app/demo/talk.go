package demo

import "strings"

// What colleagues write, by where the task stands.
var sayings = map[string][]string{
	todo: {"Can this wait until the new parts are here?", "I’d take this one after {day}.", "Who has done this before? I’d like an hour of your time, @{who}.", "Depends on the window. Next free one is {day}.",
		"Quote from {maker} is in, I put it on the wiki.", "Let’s not start before the freeze is over.", "We should do {site} first, they complain the loudest.", "Do we have the key for {room}?",
		"Added the serial numbers to the description.", "Is {n} still the right number? I counted one more in {room}.", "@{who} and I looked at it, half a day should do.",
		"Users in {site} ask when this comes. I told them: not before {day}.", "Before we begin I’d like a backup of {system} that somebody has *tried*."},
	progress: {"Started this morning. About {n} % through.", "Stuck: the {maker} box does not take the new firmware.\n\n```\nverify failed: image signature\n```\n\nCase at {maker} is open.", "Half done, the rest on {day}.",
		"@{who} could you have a look at `vlan {n}`? It flaps.", "The technician comes on {day} at 9:00, I let him into {room}.", "Works in {site}. **Not** yet in {site}, still looking.",
		"Had to roll back, {system} lost its connection. Next try on {day}.", "Parts have arrived, they are in {room}.", "Waited two hours for {maker}. They call back tomorrow, they say.", "I did the first {n}, same again tomorrow."},
	review: {"Ready, please look over it @{who}.", "Looks good to me. One question: does {system} still need the old address?", "Tested from {site}, all fine.", "Documentation is missing, otherwise good.", "Please check the monitoring once more, I saw {n} drops at night.",
		"Checked with {site}:\n\n- speed is fine\n- the old {gear} still shows up in the inventory"},
	done: {"Done, thanks @{who} for the help.", "Went smoothly, {n} minutes of downtime.", "Was quicker than thought.", "Old {gear} is in {room}, can be scrapped.", "Closed. Nobody noticed, which is the best one can say.", "Documented: how to do it next time is on the wiki.",
		"Done on {day} evening. Monitoring is quiet since.", "Serial numbers are in the inventory, photos too."},
	cancelled: {"We don’t need this any more, {system} goes away.", "Stopped: too expensive for what it brings.", "Covered by the other project, I close this one.", "Agreed with {site} to leave it as it is."},
}

var remarks = []string{"", "", "", "", " Sorry for the delay.", " More on {day}.", " Shall we talk about it in the {day} round?", " I’m out from {day}, please ask @{who}.", " The guide on the wiki helped.", " No hurry from my side.", " Thanks!", " 👍"}

// talk is what the author of c writes about t, then.
func (m *maker) talk(c Comment, t Task) string {
	stage := t.Stage
	switch {
	case c.Task == None:
		stage = pick(m, []string{todo, progress, review})
	case !t.Started.IsZero() && c.Made.Before(t.Started):
		stage = todo
	case t.Stage == cancelled && m.chance(60):
		stage = todo
	case !t.Ended.IsZero() && c.Made.Before(t.Ended) && t.Stage == done && m.chance(80):
		stage = pick(m, []string{progress, progress, review})
	}
	text := m.say(pick(m, sayings[stage]))
	if !strings.HasSuffix(text, "```") && !strings.Contains(text, "\n- ") {
		text += m.say(pick(m, remarks))
	}
	return strings.ReplaceAll(text, "{who}", m.People[pick(m, m.team[c.Project])].Username)
}
