"""Every GraphQL text that this program sends. Nothing else in the program may contain one (a test looks).

Values travel as variables. The one exception is the upload: monday's file endpoint takes no variable but
the file, so its two ids are checked and written into the text.
"""

from __future__ import annotations

import re

CELL = """
fragment Cell on ColumnValue {
  id
  type
  text
  ... on NumbersValue { value }
  ... on StatusValue { index label }
  ... on DropdownValue { values { id label } }
  ... on DateValue { date time }
  ... on LinkValue { url url_text }
  ... on EmailValue { email label }
  ... on PhoneValue { phone country_short_name }
  ... on BoardRelationValue { linked_item_ids display_value }
  ... on MirrorValue { display_value }
  ... on FormulaValue { display_value }
  ... on PeopleValue { persons_and_teams { id kind } }
  ... on CountryValue { country { code name } }
  ... on CheckboxValue { checked }
  ... on FileValue {
    files {
      __typename
      ... on FileAssetValue { asset_id name asset { id file_size } }
      ... on FileLinkValue { file_id name url kind }
      ... on FileDocValue { file_id object_id url }
      ... on FileAssetInvalidValue { asset_id error }
    }
  }
}
"""

# For whole boards: every field in it costs complexity for each cell of 500 items.
PLAIN_CELL = """
fragment PlainCell on ColumnValue {
  id
  type
  text
  ... on NumbersValue { value }
  ... on StatusValue { index label }
  ... on DropdownValue { values { id label } }
  ... on DateValue { date time }
  ... on LinkValue { url }
  ... on EmailValue { email }
  ... on PhoneValue { phone country_short_name }
  ... on CountryValue { country { code name } }
  ... on CheckboxValue { checked }
}
"""

WHO_AM_I = """
query WhoAmI {
  me { id name email account { id name slug } }
  version { kind value display_name }
  platform_api { daily_limit { base total } }
}
"""

BOARDS = """
query Boards($limit: Int!, $page: Int!) {
  boards(limit: $limit, page: $page, state: active, order_by: used_at) { id name type items_count }
}
"""

COLUMNS = """
query Columns($boards: [ID!]) {
  boards(ids: $boards, limit: 100) {
    id
    name
    state
    permissions
    columns { id title type settings archived }
  }
}
"""

BOARD_WITH_SAMPLES = (
    """
query BoardWithSamples($board: ID!, $limit: Int!) {
  boards(ids: [$board], limit: 1) {
    id
    name
    state
    columns { id title type settings archived }
    items_page(limit: $limit) { items { id name column_values { ...Cell } } }
  }
}
"""
    + CELL
)

ITEM = (
    """
query Item($item: ID!, $columns: [String!]) {
  items(ids: [$item], limit: 1) {
    id
    name
    state
    created_at
    board { id }
    creator { id name email }
    column_values(ids: $columns) { ...Cell }
  }
}
"""
    + CELL
)

DEAL = (
    """
query Deal($item: ID!, $columns: [String!], $contact_columns: [String!]) {
  items(ids: [$item], limit: 1) {
    id
    name
    state
    created_at
    board { id }
    creator { id name email }
    column_values(ids: $columns) {
      ...Cell
      ... on BoardRelationValue {
        linked_items { id name state board { id } column_values(ids: $contact_columns) { ...Cell } }
      }
    }
  }
}
"""
    + CELL
)

FIRST_PAGE = (
    """
query FirstPage($board: ID!, $limit: Int!, $columns: [String!], $order: ItemsQuery) {
  boards(ids: [$board], limit: 1) {
    id
    items_count
    items_page(limit: $limit, query_params: $order) {
      cursor
      items { id name state created_at updated_at column_values(ids: $columns) { ...PlainCell } }
    }
  }
}
"""
    + PLAIN_CELL
)

NEXT_PAGE = (
    """
query NextPage($cursor: String!, $limit: Int!, $columns: [String!]) {
  next_items_page(cursor: $cursor, limit: $limit) {
    cursor
    items { id name state created_at updated_at column_values(ids: $columns) { ...PlainCell } }
  }
}
"""
    + PLAIN_CELL
)

ITEMS = (
    """
query Items($items: [ID!], $columns: [String!]) {
  items(ids: $items, limit: 100) {
    id
    name
    state
    created_at
    board { id }
    column_values(ids: $columns) { ...PlainCell }
  }
}
"""
    + PLAIN_CELL
)

# Deals with what is linked to them: what a draft follows.
_DEAL_ROW = (
    """
fragment DealRow on Item {
  id
  name
  state
  created_at
  updated_at
  board { id }
  creator { id name email }
  column_values(ids: $columns) {
    id
    type
    text
    ... on PeopleValue { persons_and_teams { id kind } }
    ... on BoardRelationValue {
      linked_item_ids
      linked_items { id name state board { id } column_values(ids: $contact_columns) { ...PlainCell } }
    }
  }
}
"""
    + PLAIN_CELL
)

FIRST_DEALS = (
    """
query FirstDeals(
  $board: ID!, $limit: Int!, $columns: [String!], $contact_columns: [String!], $order: ItemsQuery
) {
  boards(ids: [$board], limit: 1) {
    id
    items_count
    items_page(limit: $limit, query_params: $order) { cursor items { ...DealRow } }
  }
}
"""
    + _DEAL_ROW
)

NEXT_DEALS = (
    """
query NextDeals($cursor: String!, $limit: Int!, $columns: [String!], $contact_columns: [String!]) {
  next_items_page(cursor: $cursor, limit: $limit) { cursor items { ...DealRow } }
}
"""
    + _DEAL_ROW
)

DEALS = (
    """
query Deals($items: [ID!], $columns: [String!], $contact_columns: [String!]) {
  items(ids: $items, limit: 100) { ...DealRow }
}
"""
    + _DEAL_ROW
)

FIRST_IDS = """
query FirstIds($board: ID!, $limit: Int!) {
  boards(ids: [$board], limit: 1) {
    id
    items_count
    items_page(limit: $limit) { cursor items { id name state created_at } }
  }
}
"""

NEXT_IDS = """
query NextIds($cursor: String!, $limit: Int!) {
  next_items_page(cursor: $cursor, limit: $limit) { cursor items { id name state created_at } }
}
"""

FIND_ITEMS = """
query FindItems($board: ID!, $column: String!, $value: String!) {
  items_page_by_column_values(
    board_id: $board, limit: 100, columns: [{ column_id: $column, column_values: [$value] }]
  ) {
    cursor
    items { id name state created_at }
  }
}
"""

NEWEST_ITEMS = """
query NewestItems($board: ID!, $limit: Int!) {
  boards(ids: [$board], limit: 1) {
    id
    items_page(
      limit: $limit, query_params: { order_by: [{ column_id: "__creation_log__", direction: desc }] }
    ) { items { id name state created_at } }
  }
}
"""

ITEMS_NAMED = """
query ItemsNamed($board: ID!, $limit: Int!, $words: CompareValue!) {
  boards(ids: [$board], limit: 1) {
    id
    items_page(
      limit: $limit
      query_params: {
        rules: [{ column_id: "name", compare_value: $words, operator: contains_text }]
        order_by: [{ column_id: "__creation_log__", direction: desc }]
      }
    ) { items { id name state created_at } }
  }
}
"""

CREATE_ITEM = """
mutation CreateItem($board: ID!, $name: String!, $values: JSON!, $labels: Boolean!) {
  create_item(
    board_id: $board, item_name: $name, column_values: $values, create_labels_if_missing: $labels
  ) { id name }
}
"""

WRITE_VALUES = """
mutation WriteValues($board: ID!, $item: ID!, $values: JSON!, $labels: Boolean!) {
  change_multiple_column_values(
    board_id: $board, item_id: $item, column_values: $values, create_labels_if_missing: $labels
  ) { id name state }
}
"""

KEEP_ASSETS = """
mutation KeepAssets($board: ID!, $item: ID!, $column: String!, $files: [FileInput!]!) {
  update_assets_on_item(board_id: $board, item_id: $item, column_id: $column, files: $files) { id }
}
"""

CREATE_COLUMN = """
mutation CreateColumn($board: ID!, $title: String!, $type: ColumnType!, $defaults: JSON) {
  create_column(board_id: $board, title: $title, column_type: $type, defaults: $defaults) {
    id title type settings
  }
}
"""

WEBHOOKS = """
query Webhooks($board: ID!) {
  webhooks(board_id: $board) { id event board_id config }
}
"""

CREATE_WEBHOOK = """
mutation CreateWebhook($board: ID!, $url: String!, $event: WebhookEventType!, $config: JSON) {
  create_webhook(board_id: $board, url: $url, event: $event, config: $config) { id board_id event }
}
"""

DELETE_WEBHOOK = """
mutation DeleteWebhook($webhook: ID!) {
  delete_webhook(id: $webhook) { id }
}
"""

_UPLOAD = """
mutation Upload($file: File!) {
  add_file_to_column(item_id: ITEM, column_id: "COLUMN", file: $file) { id name file_size }
}
"""


def upload(item_id: str, column_id: str) -> str:
    """The upload's text. Raises ValueError for ids that monday would never give."""
    if not re.fullmatch(r"[0-9]{1,20}", item_id):
        raise ValueError(f"{item_id!r} is not an item id")
    if not re.fullmatch(r"[A-Za-z0-9_]{1,100}", column_id):
        raise ValueError(f"{column_id!r} is not a column id")
    return _UPLOAD.replace("ITEM", item_id).replace("COLUMN", column_id)


def every() -> dict[str, str]:
    """All documents by name, for the tests that hold them against the schema."""
    texts = {name: text for name, text in globals().items() if name.isupper() and not name.startswith("_")}
    for fragment in ("CELL", "PLAIN_CELL"):
        texts.pop(fragment)
    return {**texts, "UPLOAD": upload("1", "files")}
