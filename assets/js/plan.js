// Calendar and timeline: dates moved by dragging and by keys.
