-- :PlimsollRule

local server = require('plimsoll.client')

local M = {}

---The rule of the finding under the cursor, else of the first one of the line.
---@return string?
local function under_cursor()
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local found = vim.tbl_filter(function(one)
    return one.source == 'plimsoll'
  end, vim.diagnostic.get(0, { lnum = line - 1 }))
  local here = vim.iter(found):find(function(one)
    return one.col <= column and column < (one.end_lnum > one.lnum and math.huge or one.end_col)
  end)
  local one = here or found[1]
  return one and tostring(one.code)
end

---@param rule? string its own name, or the name that it has in another tool
function M.open(rule)
  rule = rule or under_cursor()
  if not rule then
    server.tell('there is no finding here; name a rule', vim.log.levels.WARN)
    return
  end
  local bufnr, client = server.current()
  if bufnr and client then
    client:exec_cmd({ title = rule, command = 'plimsoll.showRule', arguments = { rule } }, { bufnr = bufnr })
  end
end

---@type string[]?
local names

---@param lead string
---@return string[]
function M.complete(lead)
  if not names then
    local program = require('plimsoll.server').program()
    local answer = program and vim.system({ program, 'rules', '--format', 'json' }):wait(5000)
    local ok, list = pcall(vim.json.decode, answer and answer.stdout or '')
    if not ok then
      return {}
    end
    names = vim.tbl_map(function(rule)
      return rule.name
    end, list.rules)
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names)
end

return M
