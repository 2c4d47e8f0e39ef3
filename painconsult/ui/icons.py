"""Drawings of the page: 24 by 24, drawn with lines."""

ICONS = {
    "tick": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "dash": '<path d="M6 12h12"/>',
    "plus": '<path d="M5 12h14"/><path class="up" d="M12 5v14"/>',  # an open fold leaves out the upright
    "cross": '<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>',
    "right": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "left": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "down": '<path d="M6 9l6 6 6-6"/>',
    "cloud": '<path d="M7 18.5h10a4 4 0 0 0 .6-7.9A6 6 0 0 0 6.2 9.4 4.6 4.6 0 0 0 7 18.5z"/>'
    '<path d="M9.5 13.2l2 2 3.5-3.8"/>',
    "pause": '<path d="M9 6v12M15 6v12"/>',
    "turn": '<path d="M4 12a8 8 0 0 1 13.7-5.6L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.7 5.6L4 15.5'
    'M4 20v-4.5h4.5"/>',
    "speech": '<path d="M4 5.5h16v10.5h-9l-4.5 4v-4H4z"/><path d="M8.5 10.7h7"/>',
    "phone": '<path d="M6 3.5h3.2l1.6 4.3-2.2 1.7a12 12 0 0 0 5.9 5.9l1.7-2.2 4.3 1.6V18a2.5 2.5 0 0 1-2.7 '
    '2.5A16 16 0 0 1 3.5 6.2 2.5 2.5 0 0 1 6 3.5z"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4.5V9h15v8H17"/><path d="M7 14h10v6H7z"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
    "flag": '<path d="M6 21V4h11l-2 4 2 4H6"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2"/>'
    '<path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "hand": '<path d="M8 12V6.5a1.5 1.5 0 0 1 3 0V11M11 11V5a1.5 1.5 0 0 1 3 0v6M14 11.5V7a1.5 1.5 0 0 1 3 0v7'
    'a6 6 0 0 1-6 6.5c-3 0-4.3-1.4-5.6-4L4 13.2c-.7-1.5 1-2.5 2-1.3l2 2.4"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4 4"/>',
    "lock": '<rect x="5.5" y="11" width="13" height="9" rx="2"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
    "person": '<circle cx="12" cy="8" r="3.8"/><path d="M4.8 20c.6-4 3.5-6 7.2-6s6.6 2 7.2 6"/>',
    "unseen": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/>'
    '<circle cx="12" cy="12" r="3"/><path d="M4 20L20 4"/>',
    "same": '<path d="M5 9.5h14M5 14.5h14"/>',
    "link": '<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 '
    '5.7 5.7l1.2-1.2"/>',
    "up": '<path d="M12 19V5M6 11l6-6 6 6"/>',
    "draft": '<path d="M4 20h4L19 9l-4-4L4 16z"/><path d="M13 7l4 4"/>',
    "offline": '<path d="M7 18.5h10a4 4 0 0 0 .6-7.9A6 6 0 0 0 6.2 9.4 4.6 4.6 0 0 0 7 18.5z"/>'
    '<path d="M4 4l16 16"/>',
    "alert": '<path d="M12 3.5l9 16H3z"/><path d="M12 10v4.5M12 17v.5"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.8v.4"/>',
}
