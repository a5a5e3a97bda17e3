package demo

// area is a field of the department's work. {…} are gaps, filled from the list of that name.
type area struct {
	icon                       string
	projects, summaries, tasks []string
}

const (
	relocationArea = 1 // places in areas
	networkArea    = 0
)

var areas = []area{
	{"network", []string{"Core switches in {site}", "Wireless in {room}, {site}", "Second line to {site}", "Firewall renewal {quarter}", "IPv6 in {site}", "Segmentation of the {system} network"},
		[]string{"Replaces {maker} gear that gets no more updates.", "Two ways to every building, so that one cut cable stops nobody.", "Fewer rules, all of them known to somebody."},
		[]string{"Replace the {gear} in {room}", "Pull fibre from {room} to {room}", "Update the firmware of the {maker} {gear}", "Move VLAN {n} to the new {gear}", "Measure the radio field in {room}", "Write down the patching of {room}", "Order {n} optics for {site}", "Clean up firewall rules of {system}", "Test the failover in {site}", "Label the cables in {room}", "Monitor the uplink of {site}", "Take the old {gear} in {site} out of service"}},
	{"server", []string{"Cold aisle in {room}, {site}", "Rack renewal in {site}", "Hall {n} refurbishment", "Power and cooling audit {quarter}", "UPS batteries in {site}", "Generator of {site}"},
		[]string{"More load in the same hall, with less power for cooling.", "Batteries and filters are past their years.", "What the auditors asked for after the outage."},
		[]string{"Replace the batteries of UPS {n}", "Move rack {n} to {room}", "Test the generator under load in {site}", "Measure the temperature in {room}", "Lift the floor plates in {room}", "Connect rack {n} to both feeds", "Get quotes for a new chiller in {site}", "Inventory everything in rack {n}", "Remove dead cables below {room}", "Agree the downtime of {system}", "Shut down and move {system}", "Bring up {system} after the move", "Book the lift and two people for rack {n}", "Check the fire suppression in {room}"}},
	{"database", []string{"Storage for {system}", "Backup renewal {quarter}", "Restore tests {quarter}", "Archive of {system}", "Object store in {site}"},
		[]string{"Every restore is tried twice a year, not only hoped for.", "The old array is {n} months out of support.", "Backups leave the building every night."},
		[]string{"Restore {system} from last week’s backup", "Add {n} disks to the array in {site}", "Move the volumes of {system}", "Replace the tape library in {room}", "Encrypt the backups of {system}", "Shorten the backup window of {system}", "Delete snapshots older than {n} weeks", "Write the restore guide for {system}", "Compare quotes from {maker} and two others", "Set quotas for {system}"}},
	{"shield", []string{"Security audit {quarter}", "Patching of {system}", "Second factor for {system}", "Certificates renewal {quarter}", "Access review of {system}"},
		[]string{"Findings of the audit, closed one by one.", "Nobody signs in with only a password any more.", "Everything outside of support goes or gets walled in."},
		[]string{"Close finding {n} of the audit", "Renew the certificate of {system}", "Review who may administrate {system}", "Turn off old TLS on {system}", "Scan {site} for unknown devices", "Change the shared passwords of {system}", "Lock accounts unused for {n} weeks", "Train the service desk on phishing", "Keep the logs of {system} for a year", "Fix the default password on the {gear} in {room}"}},
	{"rocket", []string{"{system} migration", "{system} upgrade {quarter}", "{system} to containers", "End of life of {system}"},
		[]string{"The vendor ends support; we leave before that.", "One system instead of three that do nearly the same.", "Same features, newer ground, no weekend lost."},
		[]string{"Write the way back for {system}", "Copy the data of {system} to test", "Rehearse the switch-over of {system}", "Tell the users of {system} about the downtime", "Map the accounts of {system}", "Compare {n} reports old and new", "Move the interfaces of {system}", "Tune the slow queries of {system}", "Turn the old {system} read-only", "Switch off the old {system}", "Collect what users of {system} miss"}},
	{"phone", []string{"Telephony in {site}", "Meeting rooms in {site}", "Hotline of the service desk", "Emergency phones in {site}"},
		[]string{"Desk phones go, headsets come, emergency calls keep working.", "A meeting starts when it should, in every room.", "Callers reach a person in under a minute."},
		[]string{"Port the numbers of {site}", "Hand out headsets in {room}", "Test emergency calls from {room}", "Set up the screen in {room}", "Record new announcements for the hotline", "Replace the door phone in {site}", "Change the call routing of {site}", "Replace the microphones in {room}", "Cancel the old contract of {site}"}},
	{"briefcase", []string{"Office move to {site}", "New floor in {site}", "Workplaces {quarter}", "Printers in {site}"},
		[]string{"Monday morning everybody finds a desk that works.", "Fewer printers, closer to people.", "{n} workplaces with dock, screens and a chair that fits."},
		[]string{"Plan the sockets for {room}", "Set up {n} workplaces in {room}", "Pack and label the equipment in {room}", "Replace the printer in {room}", "Order {n} docking stations", "Patch the desks in {room}", "Collect old screens in {site}", "Walk through {room} with the landlord", "Update the seating plan of {site}"}},
	{"flame", []string{"On-call {quarter}", "Alerts of {system}", "Incident follow-up: {system}", "Runbooks for {system}"},
		[]string{"Fewer calls at night, and each one worth it.", "What we promised after the outage.", "Whoever is on call finds the way without waking others."},
		[]string{"Write the runbook for {system}", "Silence the noisy alert of {system}", "Plan the on-call rota for {site}", "Add a health check to {system}", "Try the alarm chain in {site}", "Review the outage of {system}", "Add disk space alerts for {system}", "Rehearse the loss of {room}", "Update the phone list of {site}"}},
}

var gaps = []struct {
	name  string
	words []string
}{
	{"{site}", []string{"Berlin-Spandau", "Leipzig", "Munich", "Warsaw", "Lyon", "Dublin", "Istanbul", "Rotterdam", "Bengaluru", "the Harbour office", "Castrop-Rauxel", "Vienna"}},
	{"{room}", []string{"hall 1", "hall 2", "room 0.14", "room 2.07", "the basement of house C", "floor 3", "floor 5", "the east riser", "the meet-me room", "house B", "the archive cellar", "the workshop"}},
	{"{gear}", []string{"access switch", "core switch", "firewall", "router", "access points", "console server", "load balancer", "power strip", "out-of-band modem"}},
	{"{maker}", []string{"Cisco", "Juniper", "Arista", "Dell", "HPE", "Lenovo", "NetApp", "Fortinet", "Eaton"}},
	{"{system}", []string{"the mail gateway", "the wiki", "payroll", "the ticket system", "the file server", "the print server", "the directory", "the warehouse scanner", "time keeping", "the monitoring", "the build servers", "the intranet", "the CRM", "the badge system", "the DNS resolvers"}},
	{"{quarter}", []string{"Q1", "Q2", "Q3", "Q4", "spring", "autumn", "this year", "second half"}},
	{"{day}", []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}},
}

// parts are what bigger tasks are broken down into.
var parts = []string{"Write the change request", "Get the approval", "Get three quotes", "Order the parts", "Agree a date with the users", "Prepare the way back", "Test with two users",
	"Do it in {site} first", "Check the monitoring afterwards", "Update the documentation", "Tell the service desk", "Dispose of the old parts", "Take photos of the state before", "Review with a colleague",
	"Book the maintenance window", "Check the contract with {maker}"}

// ticks are the lines of tick lists.
var ticks = []string{"Inform the service desk", "Photo of the rack before and after", "Change approved", "Spare part on the shelf", "Monitoring silenced for the window", "Monitoring back on", "Wiki page updated",
	"Serial numbers in the inventory", "Key for {room} fetched", "Backup checked the evening before", "Users told by mail", "Old configuration kept", "Delivery note signed", "Tested from {site}", "Labels printed", "Visitor badge for the technician from {maker}"}

var reasons = []string{"The contract with {maker} ends and a longer one costs more than the work does.", "Two outages last winter had the same cause. A third one is not wanted.",
	"The auditors gave us until the end of the year.", "{site} grows by {n} people and what is there today is full.", "Spare parts have to be bought second hand by now."}

var rules = []string{"Changes with downtime only on Tuesday and Thursday after 18:00.", "Every step has a way back that has been tried.", "No two sites in the same week.",
	"Orders above 5,000 € go over the lead’s desk first."}

var notes = []string{"The last attempt stopped because nobody had the key for {room}. Ask the porter the day before.", "Contact at {maker}: hotline, contract number is in the wiki.\n\n1. check the backup\n2. do it\n3. watch it for an hour",
	"Downtime about {n} minutes. `{maker}` recommends a restart afterwards.", "Needs two people because of the weight.", "See the photos on the wiki; the plan on paper is **wrong** for {room}.",
	"- [x] agreed with the users\n- [ ] date fixed\n- [ ] technician booked"}

var summaries = []string{"Takes about {n} minutes of downtime.", "Has to be over before the audit.", "Together with the people in {site}.", "Small, but others wait for it.", "Only after {day}’s change meeting."}
