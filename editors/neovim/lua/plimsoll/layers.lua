-- :PlimsollLayers: the steps of a Dockerfile by stage with their weights, beside the file, and what a change runs again.

local server = require('plimsoll.client')
local program = require('plimsoll.server').program

local M = {}

local BAR = 12
local PARTS = { '▏', '▎', '▍', '▌', '▋', '▊', '▉' }

local REACH = { image = 'in the image', copied = 'copied from', unused = 'not built' }

---@class plimsoll.Question
---@field after string "After a change of …"
---@field changes? table what the server is asked
---@field since? string the revision that the command line is asked about

---@class plimsoll.Shown
---@field dockerfile integer
---@field question? plimsoll.Question
---@field explained? table
---@field steps table<integer, table> by line of the list
---@field round integer how often it was asked

---By the buffer that lists them.
---@type table<integer, plimsoll.Shown>
local lists = {}

local namespace = vim.api.nvim_create_namespace('plimsoll.layers')

---@param part number 0 to 1
---@return string
local function bar(part)
  local eighths = math.floor(part * BAR * 8 + 0.5)
  if part > 0 and eighths == 0 then
    eighths = 1
  end
  local text = ('█'):rep(math.floor(eighths / 8)) .. (PARTS[eighths % 8] or '')
  return text .. (' '):rep(BAR - vim.fn.strchars(text))
end

---@param text string
---@param width integer
---@return string
local function right(text, width)
  return (' '):rep(width - vim.fn.strdisplaywidth(text)) .. text
end

---What a change runs again, in a sentence.
---@param explained table
---@param after string
---@return string
local function sentence(explained, after)
  local certain, maybe, all = 0, 0, 0
  for _, step in ipairs(explained.steps) do
    -- Base images don't run.
    if step.instruction ~= 'FROM' and step.layer == 'filesystem' then
      all = all + 1
      certain = certain + (step.runs_again == true and 1 or 0)
      maybe = maybe + (step.runs_again == 'maybe' and 1 or 0)
    end
  end
  if certain == 0 and maybe == 0 then
    return after .. ', nothing runs again.'
  end
  local may = maybe > 0 and (', %d more may'):format(maybe) or ''
  local verb = certain == 1 and 'runs' or 'run'
  return ('%s, %d of %d %s %s again%s.'):format(after, certain, all, all == 1 and 'step' or 'steps', verb, may)
end

---@param explained table
---@param question? plimsoll.Question
---@return string[] lines
---@return table<integer, table> steps by line
local function page(explained, question)
  local image = explained.image
  local layers = ('%d %s'):format(image.layers, image.layers == 1 and 'layer' or 'layers')
  local lines = { ('%s · %s · %s'):format(explained.path, image.shown or 'weight not known', layers) }
  local context = explained.context
  if context then
    local ignored = context.ignored_files > 0 and (', %d ignored'):format(context.ignored_files) or ''
    table.insert(lines, ('context: %s, %d files%s'):format(context.path, context.files, ignored))
  end
  if question then
    table.insert(lines, sentence(explained, question.after))
  end
  local heaviest, width = 0, 0
  for _, step in ipairs(explained.steps) do
    heaviest = math.max(heaviest, step.size and step.size.likely or 0)
    width = math.max(width, vim.fn.strdisplaywidth(step.shown or ''))
  end
  local steps = {}
  for _, stage in ipairs(explained.stages) do
    local words = vim.tbl_filter(function(word)
      return word ~= nil
    end, { stage.title, stage.shown or 'weight not known', REACH[stage.reach] })
    vim.list_extend(lines, { '', table.concat(words, ' · ') })
    for _, step in ipairs(explained.steps) do
      if step.stage == stage.index then
        local part = step.size and heaviest > 0 and step.size.likely / heaviest or 0
        local again = step.runs_again == true and '  ← runs again'
          or step.runs_again == 'maybe' and '  ← may run again'
          or ''
        local text = step.text:gsub('\n', ' ')
        local weight = right(step.shown or '?', width)
        table.insert(lines, ('%4d %s %s %s%s'):format(step.line, weight, bar(part), text, again))
        steps[#lines] = step
      end
    end
  end
  return lines, steps
end

---@param bufnr integer
local function draw(bufnr)
  local list = lists[bufnr]
  local lines
  lines, list.steps = page(list.explained, list.question)
  server.fill(bufnr, lines)
  vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  for index, line in ipairs(lines) do
    local step = list.steps[index]
    local group = index == 1 and 'Title'
      or step and step.runs_again and 'DiagnosticWarn'
      or step and not step.in_image and 'Comment'
      or not step and index > 2 and line ~= '' and 'Identifier'
    if group then
      vim.api.nvim_buf_set_extmark(bufnr, namespace, index - 1, 0, { end_row = index, hl_group = group })
    end
  end
end

---Compares with what git has: by the command line, which reads what is saved.
---@param list plimsoll.Shown
---@param revision string
---@param done fun(explained: table)
local function since(list, revision, done)
  local file = vim.api.nvim_buf_get_name(list.dockerfile)
  local context = list.explained and list.explained.context
  local folder = context and context.path ~= '' and context.path or vim.fs.dirname(file)
  local name = program()
  if not name then
    server.tell('git is asked by the command line, and the configuration names no program', vim.log.levels.ERROR)
    return
  end
  local command = { name, 'explain', file, '--context', folder, '--since', revision, '--format', 'json' }
  vim.system(command, { cwd = folder, text = true, timeout = 60000 }, vim.schedule_wrap(function(answer)
    if answer.code == 0 then
      done(vim.json.decode(answer.stdout, { luanil = { object = true, array = true } }))
    else
      server.tell((answer.stderr:match('error: ([^\n]*)') or answer.stderr), vim.log.levels.ERROR)
    end
  end))
end

---Asks anew and draws what comes. A server that is starting is asked when it is there.
---@param bufnr integer
---@param asked? boolean whether the user is to hear that nothing can be asked
local function refresh(bufnr, asked)
  local list = lists[bufnr]
  local client = list and vim.lsp.get_clients({ bufnr = list.dockerfile, name = 'plimsoll' })[1]
  if not client or client:is_stopped() then
    if asked then
      server.tell('the server is not attached to this Dockerfile; see :checkhealth plimsoll', vim.log.levels.WARN)
    end
    return
  end
  list.round = list.round + 1
  local round, question = list.round, list.question
  local changes = question and question.changes or vim.NIL
  server.run(client, list.dockerfile, 'plimsoll.explain', changes, function(explained)
    local function show(answer)
      -- It may be closed by now, or asked anew; answers may overtake each other.
      if lists[bufnr] == list and list.round == round then
        list.explained = answer
        draw(bufnr)
      end
    end
    if question and question.since then
      list.explained = explained
      since(list, question.since, show)
    else
      show(explained)
    end
  end)
end

---@param bufnr integer
---@return table? step under the cursor
local function step_here(bufnr)
  return lists[bufnr].steps[vim.api.nvim_win_get_cursor(0)[1]]
end

---@param bufnr integer
local function jump(bufnr)
  local step = step_here(bufnr)
  if step then
    local dockerfile = lists[bufnr].dockerfile
    local window = vim.fn.bufwinid(dockerfile)
    if window == -1 then
      vim.cmd('leftabove sbuffer ' .. dockerfile)
    else
      vim.api.nvim_set_current_win(window)
    end
    -- The list may be older than the file.
    vim.api.nvim_win_set_cursor(0, { math.min(step.line, vim.api.nvim_buf_line_count(dockerfile)), 0 })
  end
end

---What is known of a step, in full.
---@param bufnr integer
local function describe(bufnr)
  local step = step_here(bufnr)
  if not step then
    return
  end
  local lines = { '`' .. step.text:gsub('\n', ' ') .. '`', '', step.words or 'What it adds is not known.' }
  for _, part in ipairs(step.parts) do
    table.insert(lines, '- ' .. part.what .. (part.words and ': ' .. part.words or ''))
  end
  vim.list_extend(lines, { '', 'It runs again with' })
  for _, cause in ipairs(step.cache.depends_on) do
    table.insert(lines, '- ' .. cause.detail)
  end
  vim.lsp.util.open_floating_preview(lines, 'markdown', { border = 'rounded', focus_id = 'plimsoll.step' })
end

---@param dockerfile integer
---@return integer bufnr
local function list_of(dockerfile)
  for bufnr, list in pairs(lists) do
    if list.dockerfile == dockerfile and vim.api.nvim_buf_is_valid(bufnr) then
      return bufnr
    end
  end
  local bufnr = server.scratch('plimsoll://layers/' .. vim.api.nvim_buf_get_name(dockerfile), 'plimsoll-layers')
  lists[bufnr] = { dockerfile = dockerfile, steps = {}, round = 0 }
  local map = function(key, action, desc)
    vim.keymap.set('n', key, action, { buffer = bufnr, nowait = true, desc = desc })
  end
  map('<CR>', function() jump(bufnr) end, 'Go to the step')
  map('K', function() describe(bufnr) end, 'All that is known of the step')
  map('R', function() refresh(bufnr, true) end, 'Ask anew')
  map('q', function() vim.api.nvim_buf_delete(bufnr, { force = true }) end, 'Close the list')
  local group = vim.api.nvim_create_augroup('plimsoll.layers.' .. bufnr, {})
  vim.api.nvim_create_autocmd({ 'TextChanged', 'InsertLeave', 'BufWritePost' }, {
    group = group,
    buffer = dockerfile,
    callback = function()
      refresh(bufnr)
    end,
  })
  vim.api.nvim_create_autocmd('LspAttach', {
    group = group,
    buffer = dockerfile,
    callback = function()
      refresh(bufnr)
    end,
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = group,
    buffer = dockerfile,
    callback = vim.schedule_wrap(function()
      if vim.api.nvim_buf_is_valid(bufnr) then
        vim.api.nvim_buf_delete(bufnr, { force = true })
      end
    end),
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = bufnr,
    callback = function()
      lists[bufnr] = nil
      vim.api.nvim_del_augroup_by_id(group)
    end,
  })
  return bufnr
end

---Lists the steps of the Dockerfile; where a change is asked about, with what it runs again.
---@param question? plimsoll.Question
function M.open(question)
  local dockerfile = server.current()
  if not dockerfile then
    return
  end
  local bufnr = list_of(dockerfile)
  lists[bufnr].question = type(question) == 'table' and question or nil
  if vim.fn.bufwinid(bufnr) == -1 then
    local window = vim.api.nvim_get_current_win()
    vim.cmd('botright vertical sbuffer ' .. bufnr)
    vim.wo[0][0].wrap = false
    vim.wo[0][0].number = false
    vim.wo[0][0].relativenumber = false
    vim.api.nvim_set_current_win(window)
  end
  refresh(bufnr)
end

---What is known of the layers of the Dockerfile, for `done`.
---@param done fun(explained: table)
function M.explained(done)
  local dockerfile, client = server.current()
  if dockerfile and client then
    server.run(client, dockerfile, 'plimsoll.explain', vim.NIL, done)
  end
end

return M
